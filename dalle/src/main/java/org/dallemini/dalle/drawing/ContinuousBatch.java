package org.dallemini.dalle.drawing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.bart.Decoder;
import org.dallemini.dalle.bart.EncodedText;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.sampling.Sampler;
import org.dallemini.dalle.text.TextProcessor;

/**
 * Images that are drawn together, token by token. An image joins before any step and leaves after any; its tokens
 * depend on its own text, seed and parameters alone. Guided images take two rows of the decoder, others one. Not
 * thread-safe.
 */
public final class ContinuousBatch implements AutoCloseable {
    /** Encoded texts to keep; about 80 prompts of 16 tokens with the published DALL·E mini. */
    private static final long CACHE_BYTES = 128L << 20;

    private final BartConfig config;
    private final Function<String, TextProcessor.Prepared> prompts;
    private final Decoder decoder;
    private final TextCache texts;
    private final EncodedText unconditional;
    private final Sampler sampler;
    private final List<Drawing> drawings = new ArrayList<>();

    /**
     * @param model used by this batch alone from now on; not closed here
     * @param prompts prepares texts for the model
     * @param unconditionalIds stand for a negative text where there is none
     * @param decoder with room for {@link #rows}; closed with the batch
     */
    public ContinuousBatch(
            BartModel model,
            Function<String, TextProcessor.Prepared> prompts,
            int[] unconditionalIds,
            Decoder decoder) {
        this.config = model.config();
        this.prompts = prompts;
        this.decoder = decoder;
        this.texts = new TextCache(model::encode, CACHE_BYTES);
        this.unconditional = model.encode(unconditionalIds);
        this.sampler = new Sampler(config.vocabulary());
    }

    /**
     * @param model used by this batch alone from now on; not closed here
     * @param prompts of the same checkpoint; not closed here
     * @param slots most images at a time
     */
    public static ContinuousBatch of(BartModel model, TextProcessor prompts, int slots) {
        return new ContinuousBatch(model, prompts::prepare, prompts.unconditionalIds(), model.decoder(rows(slots)));
    }

    /** Most bytes outside of the heap that a batch takes. */
    public static long bytes(BartConfig config, int slots) {
        return rows(slots) * BartModel.bytesPerRow(config);
    }

    /** Rows of the decoder that so many images may take, and one to try it. */
    public static int rows(int slots) {
        return 2 * slots + 1;
    }

    /**
     * Takes an image in; the next step draws its first token.
     *
     * @throws RuntimeException if the text cannot be read or encoded; nothing else suffers
     */
    public Drawing start(TokenRequest request) {
        return start(request, false);
    }

    /**
     * The same.
     *
     * @param scored whether its {@link Drawing#score} is wanted; an image without guidance takes two rows then, too
     */
    public Drawing start(TokenRequest request, boolean scored) {
        TextProcessor.Prepared prompt = prompts.apply(request.text());
        EncodedText text = texts.encode(prompt.ids());
        EncodedText opposite = null;
        if (request.parameters().guided() || scored) {
            String negative = request.negativeText();
            opposite = negative == null || negative.isEmpty()
                    ? unconditional
                    : texts.encode(prompts.apply(negative).ids());
        }
        Drawing drawing = new Drawing(decoder, config, prompt.normalizedText(), text, opposite, request, scored);
        try {
            drawings.add(drawing);
        } catch (OutOfMemoryError e) {
            drawing.close();
            throw e;
        }
        return drawing;
    }

    /** Gives an image up; its rows are free at once. */
    public void cancel(Drawing drawing) {
        drawing.close();
        drawings.remove(drawing);
    }

    public int size() {
        return drawings.size();
    }

    /**
     * Draws one token of every image. Those that end by it, or fail, leave the batch.
     *
     * @throws RuntimeException if the decoder does not work at all at present; no image has moved
     * @throws OutOfMemoryError if memory ran out; some images may have moved, none by half a step
     */
    public void step() {
        if (drawings.isEmpty()) {
            return;
        }
        try {
            stepAll();
        } finally {
            drawings.removeIf(Drawing::isEnded);
        }
    }

    private void stepAll() {
        try {
            decoder.step();
        } catch (OutOfMemoryError e) {
            throw e; // no image is to blame
        } catch (RuntimeException | Error e) {
            if (!stepOneByOne()) {
                throw e;
            }
            return;
        }
        drawings.forEach(this::draw);
    }

    private void draw(Drawing drawing) {
        try {
            drawing.draw(sampler);
        } catch (RuntimeException | StackOverflowError e) {
            drawing.fail(e);
        }
    }

    /**
     * The step of all failed: finds the images that fail by themselves and steps the others. Each is drawn at once: if
     * memory runs out at the next, the decoder would else step it a second time for the same token.
     *
     * @return false if nothing works, which is no image's fault; none has moved
     */
    private boolean stepOneByOne() {
        List<Drawing> failed = new ArrayList<>();
        List<Throwable> causes = new ArrayList<>();
        for (Drawing drawing : drawings) {
            try {
                decoder.step(drawing.rows());
                draw(drawing);
            } catch (OutOfMemoryError e) {
                throw e;
            } catch (RuntimeException | Error e) {
                failed.add(drawing);
                causes.add(e);
            }
        }
        if (failed.size() == drawings.size() && !works()) {
            return false;
        }
        for (int i = 0; i < failed.size(); i++) {
            failed.get(i).fail(causes.get(i));
        }
        return true;
    }

    /** Whether the decoder takes a step that no request has a part in. */
    private boolean works() {
        Decoder.Row row = decoder.open(unconditional);
        try {
            decoder.step(List.of(row));
            return true;
        } catch (RuntimeException | Error e) {
            return false;
        } finally {
            decoder.close(row);
        }
    }

    @Override
    public void close() {
        drawings.forEach(Drawing::close);
        drawings.clear();
        decoder.close();
    }
}
