package org.dallemini.stage;

/**
 * A topic that a stage reads; its place in the list of inputs is its lane.
 *
 * @param topic the topic's full name; undecodable and rejected records go to its {@code .dlq}
 */
public record StageInput(String topic) {}
