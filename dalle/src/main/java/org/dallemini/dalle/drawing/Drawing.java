package org.dallemini.dalle.drawing;

import java.util.Arrays;
import java.util.List;
import org.dallemini.dalle.bart.Decoder;
import org.dallemini.dalle.bart.EncodedText;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.sampling.LogLikelihood;
import org.dallemini.dalle.sampling.Sampler;
import org.dallemini.dalle.sampling.SamplingParameters;
import org.dallemini.dalle.sampling.Threefry;
import org.jspecify.annotations.Nullable;

/**
 * One image in the making: its rows of the decoder, its key, its tokens so far. Draws as the original's
 * {@code generate}: every step splits the key, draws with the first half and carries on with the second. The steps of a
 * prefix split it too, so that an image completed from its own first tokens is that very image.
 */
public final class Drawing {
    private final String normalizedText;
    private final SamplingParameters parameters;
    private final BartConfig config;
    private final Decoder decoder;
    private final Decoder.Row conditional;
    /** The row of the unconditional text; the conditional one again if there is no guidance. */
    private final Decoder.Row unconditional;

    /** Tokens that are fed and not drawn, from the first on; in between there may be some to draw. */
    private final int[] prefix;

    private final int[] tokens;
    private final boolean scored;
    private long key;
    private int drawn;
    private double score;
    private @Nullable Throwable failure;
    private boolean open = true;

    /**
     * @param opposite the unconditional or negative text; null if it is of no use
     * @param scored whether the score is wanted, which takes the opposite
     */
    Drawing(
            Decoder decoder,
            BartConfig config,
            String normalizedText,
            EncodedText text,
            @Nullable EncodedText opposite,
            TokenRequest request,
            boolean scored) {
        this.normalizedText = normalizedText;
        this.parameters = request.parameters();
        this.config = config;
        this.decoder = decoder;
        this.prefix = request.prefix();
        this.tokens = new int[config.imageLength()];
        this.key = request.seed();
        this.scored = scored;
        this.conditional = decoder.open(text);
        this.unconditional = opposite == null ? conditional : openSecond(opposite);
    }

    private Decoder.Row openSecond(EncodedText opposite) {
        try {
            return decoder.open(opposite);
        } catch (RuntimeException | Error e) {
            decoder.close(conditional); // nobody else knows of it
            throw e;
        }
    }

    /** Takes the next token from those that are given, or else from the logits of the step that was just taken. */
    void draw(Sampler sampler) {
        int given = drawn < prefix.length ? prefix[drawn] : TokenRequest.DRAWN;
        int token = given == TokenRequest.DRAWN ? sample(sampler) : given;
        key = Threefry.second(key);
        tokens[drawn++] = token;
        conditional.feed(token);
        unconditional.feed(token);
        if (token == config.eosTokenId()) {
            Arrays.fill(tokens, drawn, tokens.length, config.padTokenId());
            drawn = tokens.length;
        }
        if (drawn == tokens.length) {
            close();
        }
    }

    private int sample(Sampler sampler) {
        int token = sampler.draw(
                parameters, decoder.logits(), conditional.offset(), unconditional.offset(), Threefry.first(key));
        if (scored) {
            score += logLikelihood(conditional, token) - logLikelihood(unconditional, token);
        }
        return token;
    }

    private double logLikelihood(Decoder.Row row, int token) {
        return LogLikelihood.of(decoder.logits(), row.offset(), decoder.vocabulary(), token);
    }

    void fail(Throwable e) {
        failure = e;
        close();
    }

    void close() {
        if (open) {
            open = false;
            for (Decoder.Row row : rows()) {
                decoder.close(row);
            }
        }
    }

    List<Decoder.Row> rows() {
        return conditional == unconditional ? List.of(conditional) : List.of(conditional, unconditional);
    }

    /** Rows of the decoder that it takes while it is drawn. */
    public int rowCount() {
        return conditional == unconditional ? 1 : 2;
    }

    /** Whether nothing is left to do: all tokens are drawn, the drawing failed or was given up. */
    public boolean isEnded() {
        return !open;
    }

    /** Why the drawing failed; null if it did not. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /**
     * How much likelier the tokens are with the text than without it: the sum over those that were drawn, and not
     * given, of ln p(token | text) - ln p(token | unconditional or negative text). 0 if no score was wanted.
     */
    public double score() {
        return score;
    }

    public String normalizedText() {
        return normalizedText;
    }

    /** Tokens that there are by now, those of the prefix among them. */
    public int drawn() {
        return drawn;
    }

    /** A copy of those tokens. */
    public int[] soFar() {
        return Arrays.copyOf(tokens, drawn);
    }

    /**
     * The tokens, without the start token. What follows an end token is padding, which may lie outside the codebook.
     *
     * @throws ModelException if the drawing failed
     */
    public int[] tokens() {
        if (failure != null) {
            throw new ModelException("the model fails on the text: " + failure, failure);
        }
        if (drawn < tokens.length) {
            throw new IllegalStateException("drew " + drawn + " of " + tokens.length + " tokens");
        }
        return tokens;
    }
}
