package org.dallemini.models;

import java.util.Locale;
import java.util.stream.Collectors;

/** {@link ModelInfo} for people. */
public final class ModelText {
    private ModelText() {}

    public static String line(ModelInfo model) {
        ModelInfo.Bart bart = model.dalleBart();
        ModelInfo.Vqgan vqgan = model.vqgan();
        String parameters = bart == null ? "?" : millions(bart.weights().parameters());
        String size = vqgan == null
                ? "?"
                : vqgan.config().resolution() + " x " + vqgan.config().resolution() + " pixels";
        return String.format(
                Locale.ROOT,
                "%-12s %-10s %s parameters, %s, %s  %s",
                model.name(),
                model.complete() ? "complete" : "incomplete",
                parameters,
                size,
                model.prepared().isEmpty() ? "not prepared" : "prepared",
                model.path());
    }

    public static String page(ModelInfo model) {
        var page = new StringBuilder();
        line(page, "model", model.name());
        line(page, "folder", model.path());
        line(page, "prepared", model.prepared().isEmpty() ? "nothing" : String.join(", ", model.prepared()));
        if (model.dalleBart() != null) {
            page.append("\ndalle-bart\n");
            bart(page, model.dalleBart());
        }
        if (model.vqgan() != null) {
            page.append("\nvqgan\n");
            vqgan(page, model.vqgan());
        }
        page.append('\n').append(model.complete() ? "Nothing is missing.\n" : "Problems:\n");
        model.problems().forEach(problem -> page.append("  ").append(problem).append('\n'));
        return page.toString();
    }

    private static void bart(StringBuilder page, ModelInfo.Bart bart) {
        var config = bart.config();
        line(page, "revision", bart.revision());
        line(page, "width", "%d", config.dModel());
        line(
                page,
                "encoder",
                "%d layers, %d heads, feed-forward %d",
                config.encoderLayers(),
                config.encoderHeads(),
                config.encoderFfnDim());
        line(
                page,
                "decoder",
                "%d layers, %d heads, feed-forward %d",
                config.decoderLayers(),
                config.decoderHeads(),
                config.decoderFfnDim());
        line(page, "text", "%d tokens at most, of %d", config.maxTextLength(), config.encoderVocabSize());
        line(page, "image", "%d tokens, of %d", config.imageLength(), config.imageVocabSize());
        line(page, "normalises text", config.normalizeText() ? "yes" : "no");
        weights(page, bart.weights());
        line(page, "layers", bart.weights().stacked() ? "stacked" : "apart");
        var drawing = bart.generation();
        line(
                page,
                "draws with",
                "temperature %s, top-k %s, top-p %s, guidance %s",
                drawing.temperature(),
                drawing.topK() == 0 ? "off" : drawing.topK(),
                drawing.topP() == 1 ? "off" : drawing.topP(),
                drawing.conditionScale());
    }

    private static void vqgan(StringBuilder page, ModelInfo.Vqgan vqgan) {
        var config = vqgan.config();
        line(page, "revision", vqgan.revision());
        line(page, "image", "%d x %d pixels", config.resolution(), config.resolution());
        line(page, "grid", "%d x %d tokens", vqgan.gridSize(), vqgan.gridSize());
        line(page, "codebook", "%d rows of %d", config.nEmbed(), config.embedDim());
        line(
                page,
                "channels",
                "%d x %s; residual blocks a level: %d",
                config.ch(),
                config.chMult().stream().map(String::valueOf).collect(Collectors.joining("-")),
                config.numResBlocks());
        weights(page, vqgan.weights());
    }

    private static void weights(StringBuilder page, CheckpointInfo weights) {
        line(
                page,
                "parameters",
                "%s (%d) in %d arrays, %s",
                millions(weights.parameters()),
                weights.parameters(),
                weights.arrays(),
                String.join(", ", weights.dtypes()));
        line(page, "files", "%s, %s", String.join(", ", weights.files()), megabytes(weights.bytes()));
    }

    private static void line(StringBuilder page, String name, String format, Object... values) {
        page.append(String.format(Locale.ROOT, "%-16s ", name))
                .append(String.format(Locale.ROOT, format, values))
                .append('\n');
    }

    private static void line(StringBuilder page, String name, String value) {
        line(page, name, "%s", value);
    }

    private static String millions(long parameters) {
        return String.format(Locale.ROOT, "%.1f M", parameters / 1e6);
    }

    /** Bytes for people, in MB of a million bytes. */
    public static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
