package org.dallemini.dalle.png;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an image was made with, and the texts that say so inside its PNG file:
 *
 * <ul>
 *   <li>{@code Description}, {@code Software}, {@code Source}, {@code Disclaimer}: PNG's own keywords, for people;
 *   <li>{@code parameters}: the line that Stable Diffusion web UI made popular, which galleries read;
 *   <li>{@code dallemini}: this record as JSON in ASCII, exact, for programs and for making the image again;
 *   <li>XMP with IPTC's marking of works of generative AI, see {@link Xmp}.
 * </ul>
 *
 * @param prompt as it was given
 * @param negativePrompt null if none was given
 * @param seed of this image
 * @param guidanceScale classifier-free guidance; null if unknown, as are the next three
 * @param topK 0: all tokens
 * @param topP 1: all tokens
 * @param temperature 1: the model's own probabilities
 * @param batchIndex row of the image in the batch from whose noise it was drawn
 * @param batchSize size of that batch, mostly 1
 * @param prefixTokens image tokens that were given rather than drawn: where it is not 0, the image completes another
 * @param tokenModel drew the image tokens
 * @param imageModel decoded them
 */
public record Provenance(
        String prompt,
        @Nullable String negativePrompt,
        long seed,
        @Nullable Float guidanceScale,
        @Nullable Integer topK,
        @Nullable Float topP,
        @Nullable Float temperature,
        int batchIndex,
        int batchSize,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int prefixTokens,
        Model tokenModel,
        Model imageModel) {

    static final String SOFTWARE = "dallemini";
    private static final String XMP = "XML:com.adobe.xmp";
    private static final int SHORT_HASH = 10; // as Stable Diffusion web UI shortens hashes
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // of later versions
            .build();

    /**
     * @param name for people
     * @param revision hexadecimal hash of the checkpoint
     * @param precision arithmetic, for example {@code fp32}
     */
    public record Model(String name, String revision, String precision) {
        @SuppressWarnings("ConstantValue") // as above
        private boolean isWhole() {
            return name != null && revision != null && precision != null;
        }

        private String shortRevision() {
            return revision.substring(0, Math.min(SHORT_HASH, revision.length()));
        }

        /** For people: {@code shapes (0123456789)}. */
        String label() {
            return name + " (" + shortRevision() + ")";
        }
    }

    /**
     * What the texts of a file say, exactly as it was written; empty if they say nothing of the kind. Anybody can write
     * such a text.
     */
    public static Optional<Provenance> of(List<PngText> texts) {
        return PngTexts.find(texts, SOFTWARE).flatMap(json -> {
            try {
                return Optional.ofNullable(JSON.readValue(json, Provenance.class))
                        .filter(Provenance::isWhole);
            } catch (JsonProcessingException e) {
                return Optional.empty();
            }
        });
    }

    /** Whether the texts of a file mark it as made by generative AI, in IPTC's terms. */
    public static boolean marks(List<PngText> texts) {
        return PngTexts.find(texts, XMP).filter(Xmp::isMarked).isPresent();
    }

    /** The XMP packet among the texts of a file, for files of other formats; empty if there is none. */
    public static String xmp(List<PngText> texts) {
        return PngTexts.find(texts, XMP).orElse("");
    }

    @SuppressWarnings("ConstantValue") // JSON may leave out what is not nullable
    private boolean isWhole() {
        return batchSize > 0
                && prompt != null
                && tokenModel != null
                && tokenModel.isWhole()
                && imageModel != null
                && imageModel.isWhole();
    }

    /** The texts for an image of this size, in a fixed order. */
    public List<PngText> texts(int width, int height, int tokens) {
        return List.of(
                new PngText("Description", prompt),
                new PngText("Software", SOFTWARE),
                new PngText("Source", "Image tokens " + tokenModel.label() + ", pixels " + imageModel.label()),
                new PngText("Disclaimer", disclaimer()),
                new PngText("parameters", parameters(width, height, tokens)),
                new PngText(SOFTWARE, json()),
                new PngText(XMP, Xmp.packet(this)));
    }

    /** The texts for an image that is still being drawn, which is shown and not kept. */
    public static List<PngText> ofPreview() {
        return List.of(
                new PngText("Software", SOFTWARE),
                new PngText("Disclaimer", "Being made by a generative AI model from a text prompt: unfinished"));
    }

    private String disclaimer() {
        String made = "Made by a generative AI model from a text prompt";
        return prefixTokens == 0 ? made : made + " and parts of an image that was given";
    }

    /** Prompt, negative prompt, then one line of "Key: value" pairs, the first of which must be Steps. */
    private String parameters(int width, int height, int tokens) {
        Map<String, Object> pairs = new LinkedHashMap<>();
        pairs.put("Steps", tokens);
        pairs.put("Sampler", "categorical");
        put(pairs, "CFG scale", guidanceScale);
        pairs.put("Seed", seed);
        pairs.put("Size", width + "x" + height);
        pairs.put("Model hash", tokenModel.shortRevision());
        pairs.put("Model", quoted(tokenModel.name));
        pairs.put("VAE hash", imageModel.shortRevision());
        pairs.put("VAE", quoted(imageModel.name));
        put(pairs, "Top k", topK);
        put(pairs, "Top p", topP);
        put(pairs, "Temperature", temperature);
        put(pairs, "Prefix tokens", prefixTokens == 0 ? null : prefixTokens);
        pairs.put("Version", SOFTWARE);
        StringBuilder out = new StringBuilder(prompt).append('\n');
        if (negativePrompt != null) {
            out.append("Negative prompt: ").append(negativePrompt).append('\n');
        }
        pairs.forEach((key, value) -> out.append(key).append(": ").append(value).append(", "));
        return out.substring(0, out.length() - 2);
    }

    private static void put(Map<String, Object> pairs, String key, @Nullable Number value) {
        if (value != null) {
            pairs.put(key, value);
        }
    }

    /** Values with separators in them are JSON strings. */
    private static String quoted(String value) {
        return value.matches("[^,:\n\"]*") ? value : write(value);
    }

    private String json() {
        return write(this);
    }

    private static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of strings and numbers is always JSON", e);
        }
    }
}
