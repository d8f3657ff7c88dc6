package org.dallemini.tokens.batch;

/**
 * A text as the model reads it.
 *
 * @param normalizedText after normalisation, if the model wants that
 * @param ids of the tokens with start and end, without padding
 */
public record Prompt(String normalizedText, int... ids) {}
