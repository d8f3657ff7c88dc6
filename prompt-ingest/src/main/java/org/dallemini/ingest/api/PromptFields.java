package org.dallemini.ingest.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.dallemini.events.ImageOutput;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRedraw;
import org.dallemini.events.Lane;
import org.dallemini.events.OutputFit;
import org.dallemini.events.OutputFormat;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.Sampling;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.renditions.Rendition;
import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;

/** A prompt in JSON: a string, its text; or an object with the fields of {@code PromptRequest}. */
public final class PromptFields {
    private static final Set<String> PROMPT = Set.of(
            "text",
            "id",
            "negativeText",
            "count",
            "bestOf",
            "seed",
            "sampling",
            "lane",
            "labels",
            "deadline",
            "prefix",
            "output",
            "redraw");
    private static final Set<String> SAMPLING =
            Set.of("temperature", "topK", "topP", "guidanceScale", "batchIndex", "batchSize");
    private static final Set<String> PREFIX = Set.of("tokens", "picture", "rows");

    private static final Set<String> OUTPUT = Set.of("width", "height", "fit", "format", "quality");

    private static final Set<String> REDRAW = Set.of("mask", "strength");

    private PromptFields() {}

    /**
     * Reads a prompt; what it leaves out is as the API has it: one image, lane {@code INTERACTIVE}.
     *
     * @param pointer where the prompt is (RFC 6901)
     * @throws RefusedRequestException if a field is unknown or of another type; values are not looked at
     */
    public static PromptRequest read(JsonNode node, String pointer) throws RefusedRequestException {
        PromptRequest.Builder prompt = PromptRequest.newBuilder().setLane(Lane.INTERACTIVE);
        if (node.isTextual()) {
            return prompt.setText(node.textValue()).build();
        }
        JsonFields fields = JsonFields.of(node, pointer, PROMPT);
        String text = fields.text("text");
        if (text == null) {
            throw new RefusedRequestException(Problem.at(
                    fields.pointer("text"), ErrorCode.INVALID_PARAMETER.code(), "text is missing: say what to draw."));
        }
        Integer count = fields.integer("count");
        return prompt.setText(text)
                .setId(fields.text("id"))
                .setNegativeText(fields.text("negativeText"))
                .setCount(count == null ? 1 : count)
                .setSeed(fields.longInteger("seed"))
                .setSampling(sampling(fields))
                .setLane(lane(fields))
                .setLabels(fields.texts("labels"))
                .setDeadline(fields.time("deadline"))
                .setPrefix(prefix(fields))
                .setBestOf(fields.integer("bestOf"))
                .setOutput(output(fields))
                .setRedraw(redraw(fields))
                .build();
    }

    private static Lane lane(JsonFields fields) throws RefusedRequestException {
        String lane = fields.text("lane");
        if (lane == null) {
            return Lane.INTERACTIVE;
        }
        return switch (lane.toUpperCase(Locale.ROOT)) {
            case "INTERACTIVE" -> Lane.INTERACTIVE;
            case "BULK" -> Lane.BULK;
            default -> fields.refuse("lane", "INTERACTIVE or BULK");
        };
    }

    private static @Nullable Sampling sampling(JsonFields prompt) throws RefusedRequestException {
        JsonNode node = prompt.node("sampling");
        if (node == null) {
            return null;
        }
        JsonFields fields = JsonFields.of(node, prompt.pointer("sampling"), SAMPLING);
        Integer index = fields.integer("batchIndex");
        Integer size = fields.integer("batchSize");
        return Sampling.newBuilder()
                .setTemperature(fields.number("temperature"))
                .setTopK(fields.integer("topK"))
                .setTopP(fields.number("topP"))
                .setGuidanceScale(fields.number("guidanceScale"))
                .setBatchIndex(index == null ? 0 : index)
                .setBatchSize(size == null ? 1 : size)
                .build();
    }

    private static @Nullable ImagePrefix prefix(JsonFields prompt) throws RefusedRequestException {
        JsonNode node = prompt.node("prefix");
        if (node == null) {
            return null;
        }
        JsonFields fields = JsonFields.of(node, prompt.pointer("prefix"), PREFIX);
        return new ImagePrefix(fields.base64("tokens"), fields.base64("picture"), fields.integer("rows"));
    }

    private static @Nullable ImageRedraw redraw(JsonFields prompt) throws RefusedRequestException {
        JsonNode node = prompt.node("redraw");
        if (node == null) {
            return null;
        }
        JsonFields fields = JsonFields.of(node, prompt.pointer("redraw"), REDRAW);
        return new ImageRedraw(fields.base64("mask"), fields.number("strength"));
    }

    private static @Nullable ImageOutput output(JsonFields prompt) throws RefusedRequestException {
        JsonNode node = prompt.node("output");
        if (node == null) {
            return null;
        }
        JsonFields fields = JsonFields.of(node, prompt.pointer("output"), OUTPUT);
        Integer quality = fields.integer("quality");
        return ImageOutput.newBuilder()
                .setWidth(fields.integer("width"))
                .setHeight(fields.integer("height"))
                .setFit(oneOf(fields, "fit", OutputFit.PAD, OutputFit.values()))
                .setFormat(oneOf(fields, "format", OutputFormat.PNG, OutputFormat.values()))
                .setQuality(quality == null ? Rendition.DEFAULT_QUALITY : quality)
                .build();
    }

    private static <T extends Enum<T>> T oneOf(JsonFields fields, String name, T otherwise, T[] all)
            throws RefusedRequestException {
        String word = fields.text(name);
        if (word == null) {
            return otherwise;
        }
        for (T one : all) {
            if (one.name().equalsIgnoreCase(word)) {
                return one;
            }
        }
        return fields.refuse(name, "one of " + Arrays.toString(all));
    }
}
