package org.dallemini.bench.pipeline;

import java.util.List;
import org.dallemini.bench.common.MarkdownTable;
import org.dallemini.bench.common.Numbers;

/**
 * One image at a time through an idle pipeline. All times in milliseconds.
 *
 * @param mode {@code idle}
 * @param setup the settings that matter
 * @param images that were timed
 * @param totalMs from the prompt's publication to the committed completion event
 * @param tokensMs in the token stage's model, encoding of the text included
 * @param decodingMs in the VQGAN, encoding of the PNG file included
 * @param outsideMs the rest: total without these two
 * @param waitForTokensMs of the rest: until the token generator began (intake included)
 * @param waitForDecoderMs until the image decoder began
 * @param waitForSinkMs until the storage sink began
 * @param storingMs writing the object
 * @param waitForEventMs until the event was read
 */
public record IdleResult(
        String mode,
        Setup setup,
        int images,
        Spread totalMs,
        Spread tokensMs,
        Spread decodingMs,
        Spread outsideMs,
        Spread waitForTokensMs,
        Spread waitForDecoderMs,
        Spread waitForSinkMs,
        Spread storingMs,
        Spread waitForEventMs)
        implements PipelineResult {

    static IdleResult of(Setup setup, List<ImageRun> images) {
        return new IdleResult(
                "idle",
                setup,
                images.size(),
                Spread.of(images, ImageRun::total),
                Spread.of(images, ImageRun::tokens),
                Spread.of(images, ImageRun::decoding),
                Spread.of(images, ImageRun::outsideModels),
                Spread.of(images, ImageRun::waitForTokens),
                Spread.of(images, ImageRun::waitForDecoder),
                Spread.of(images, ImageRun::waitForSink),
                Spread.of(images, ImageRun::storing),
                Spread.of(images, ImageRun::waitForEvent));
    }

    @Override
    public String table() {
        var table = new MarkdownTable(
                "pipeline, one of " + images + " images at a time: " + setup.text(), "p50 ms", "p95 ms");
        add(table, "total: from publication to the committed event", totalMs);
        add(table, "in the token stage's model", tokensMs);
        add(table, "in the VQGAN and the PNG writer", decodingMs);
        add(table, "outside the models", outsideMs);
        add(table, "- until the token generator begins", waitForTokensMs);
        add(table, "- from tokens to the image decoder", waitForDecoderMs);
        add(table, "- from the picture to the storage sink", waitForSinkMs);
        add(table, "- writing the object", storingMs);
        add(table, "- from the object to the event's reader", waitForEventMs);
        return table.toString();
    }

    private static void add(MarkdownTable table, String what, Spread time) {
        table.row(what, Numbers.of(time.p50()), Numbers.of(time.p95()));
    }
}
