package org.dallemini.ingest.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRedraw;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Form;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * From the forms of {@code POST /v1/images/edits} and {@code /v1/images/variations} to what they ask for. Their fields
 * are those of a generation, and pictures. Thread-safe.
 */
public final class FormParser {
    /** How much of a picture is drawn again where nobody says. */
    private static final float STRENGTH = 0.5f;

    /** For pictures that do not say what they show. */
    private static final String UNKNOWN = "a picture";

    private static final Set<String> IMAGE = Set.of("image", "image[]");
    private static final String MASK = "mask";
    private static final String PROMPT = "prompt";

    /** OpenAI's for models that look at faces; there is no choice here. */
    private static final String FIDELITY = "input_fidelity";

    private static final Set<String> NUMBERS = Set.of(
            "n", "output_compression", "partial_images", "temperature", "top_k", "top_p", "guidance_scale", "best_of");

    private final GenerationParser parser;
    private final DrawnSizes sizes;

    /**
     * @param parser of what forms have in common with generations
     * @param sizes that the model draws
     */
    public FormParser(GenerationParser parser, DrawnSizes sizes) {
        this.parser = parser;
        this.sizes = sizes;
    }

    /** What is given of the images to draw. */
    record Given(ImagePrefix picture, ImageRedraw redraw) {}

    /** A picture whose transparent parts, or those of a mask, are drawn again; all of it is not. */
    GenerationRequest edit(Caller caller, Form form, String jobId) throws RefusedRequestException {
        GivenPicture image = image(form);
        List<byte[]> masks = form.files().getOrDefault(MASK, List.of());
        if (masks.size() > 1) {
            throw refuse(MASK, "mask is given more than once.");
        }
        GivenPicture mask = masks.isEmpty() ? image : GivenPicture.read(MASK, masks.get(0), sizes.side());
        Float strength = strength(form);
        ImageRedraw redraw;
        if (mask.hasTransparency()) {
            if (strength != null) {
                throw refuse("strength", "strength belongs to pictures without a mask: leave it out.");
            }
            redraw = new ImageRedraw(mask.mask(), null);
        } else if (masks.isEmpty()) {
            redraw = new ImageRedraw(null, strength == null ? STRENGTH : strength);
        } else {
            throw refuse(MASK, "mask has no transparent pixel: make transparent what shall be drawn again.");
        }
        return parser.parse(caller, fields(form), jobId, new Given(image.prefix(), redraw));
    }

    /** Pictures like one that is given. */
    GenerationRequest variation(Caller caller, Form form, String jobId) throws RefusedRequestException {
        GivenPicture image = image(form);
        Float strength = strength(form);
        ObjectNode fields = fields(form);
        if (!fields.has(PROMPT)) {
            fields.put(PROMPT, image.prompt().orElse(UNKNOWN));
        }
        ImageRedraw redraw = new ImageRedraw(null, strength == null ? STRENGTH : strength);
        return parser.parse(caller, fields, jobId, new Given(image.prefix(), redraw));
    }

    private GivenPicture image(Form form) throws RefusedRequestException {
        Set<String> unknown = new TreeSet<>(form.files().keySet());
        unknown.removeAll(IMAGE);
        unknown.remove(MASK);
        if (!unknown.isEmpty()) {
            throw new RefusedRequestException(Problem.at(
                    "/" + unknown.iterator().next(), "unknown-field", "Files are image and mask; leave others out."));
        }
        List<byte[]> images = new ArrayList<>();
        for (String name : IMAGE) {
            images.addAll(form.files().getOrDefault(name, List.of()));
        }
        if (images.isEmpty()) {
            throw new RefusedRequestException(
                    Problem.at("/image", "missing-required-parameter", "image is missing: send a PNG or JPEG file."));
        }
        if (images.size() > 1) {
            throw refuse("image", "%d images are given; one can be drawn on.".formatted(images.size()));
        }
        return GivenPicture.read("image", images.get(0), sizes.side());
    }

    private static @Nullable Float strength(Form form) throws RefusedRequestException {
        String text = form.text("strength");
        if (text == null) {
            return null;
        }
        try {
            float strength = Float.parseFloat(text);
            if (strength > 0 && strength < 1) {
                return strength;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw refuse("strength", "strength is no number above 0 and below 1.");
    }

    /** As a generation in JSON has them. */
    private static ObjectNode fields(Form form) throws RefusedRequestException {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, List<String>> field : form.texts().entrySet()) {
            String name = field.getKey();
            String text = form.text(name);
            if (text == null || name.equals("strength") || name.equals(FIDELITY)) {
                continue;
            }
            if (name.equals("stream")) {
                fields.put(name, flag(text));
            } else if (NUMBERS.contains(name)) {
                putNumber(fields, name, text);
            } else {
                fields.put(name, text);
            }
        }
        return fields;
    }

    private static boolean flag(String text) throws RefusedRequestException {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refuse("stream", "stream is neither true nor false.");
        };
    }

    private static void putNumber(ObjectNode fields, String name, String text) throws RefusedRequestException {
        try {
            if (text.matches("-?\\d{1,9}")) {
                fields.put(name, Integer.parseInt(text));
            } else {
                fields.put(name, Double.parseDouble(text));
            }
        } catch (NumberFormatException e) {
            throw refuse(name, name + " is no number.");
        }
    }

    private static RefusedRequestException refuse(String name, String detail) {
        return new RefusedRequestException(Problem.at("/" + name, ErrorCode.INVALID_PARAMETER.code(), detail));
    }
}
