package org.dallemini.ingest.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dallemini.events.ImageOutput;
import org.dallemini.events.Lane;
import org.dallemini.events.OutputFormat;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.Sampling;
import org.dallemini.ingest.api.JsonFields;
import org.dallemini.ingest.api.JsonReader;
import org.dallemini.ingest.api.PromptCheck;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.Verdict;
import org.dallemini.prompt.Verdict.Accepted;
import org.dallemini.prompt.Verdict.Refused;
import org.dallemini.renditions.Rendition;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.moderation.Release;
import org.jspecify.annotations.Nullable;

/**
 * From the body of {@code POST /v1/images/generations} to what it asks for. It has the fields of OpenAI's API, and
 * those by which its clients can say more to this one ({@code extra_body} in Python). A size or file format that the
 * model does not draw becomes an output of the prompt, or is refused where the operator wants that. Thread-safe.
 */
public final class GenerationParser {
    /** What is here whatever a request says, for those that may ask for nothing else. */
    private static final Map<String, List<JsonNode>> FIXED = new TreeMap<>(Map.of(
            "quality", texts("auto", "standard"),
            "style", texts("vivid"),
            "background", texts("auto", "opaque"),
            "moderation", texts("auto", "low"),
            "output_format", texts("png"),
            "output_compression", List.of(IntNode.valueOf(100))));

    /** What OpenAI's clients may say of the same matters. */
    private static final Map<String, List<JsonNode>> KNOWN = new TreeMap<>(Map.of(
            "quality", texts("auto", "standard", "hd", "low", "medium", "high"),
            "style", texts("vivid", "natural"),
            "background", texts("auto", "opaque", "transparent"),
            "moderation", texts("auto", "low"),
            "output_format", texts("png", "jpeg", "webp")));

    private static final int MAX_PARTIAL_IMAGES = 3;

    private static final Set<String> OURS =
            Set.of("seed", "best_of", "negative_prompt", "temperature", "top_k", "top_p", "guidance_scale");
    private static final Set<String> FIELDS = Stream.of(
                    Set.of("prompt", "n", "size", "response_format", "model", "user", "stream", "partial_images"),
                    FIXED.keySet(),
                    OURS)
            .flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());

    /** Models whose clients expect the image itself: as OpenAI, which sends no addresses for them. */
    private static final String IN_BASE64 = "gpt-image";

    /** The label under which {@code user} is kept. */
    private static final String USER = "user";

    /** What fields of a prompt are called here, if it is something else. */
    private static final Map<String, String> NAMES = Map.of(
            "text", "prompt",
            "negativeText", "negative_prompt",
            "count", "n",
            "bestOf", "best_of",
            "topK", "top_k",
            "topP", "top_p",
            "guidanceScale", "guidance_scale");

    /** Such a name as a word of a message. */
    private static final Pattern NAME = Pattern.compile("\\b(?:" + String.join("|", NAMES.keySet()) + ")\\b");

    private final JsonReader json;
    private final PromptLimits limits;
    private final PromptCheck check;
    private final DrawnSizes sizes;
    private final boolean hasUrls;

    /**
     * @param check of the prompt
     * @param sizes that the model draws, and what is done with requests for others
     * @param hasUrls whether images have addresses that can be opened without a key
     */
    public GenerationParser(
            JsonReader json, PromptLimits limits, PromptCheck check, DrawnSizes sizes, boolean hasUrls) {
        this.json = json;
        this.limits = limits;
        this.check = check;
        this.sizes = sizes;
        this.hasUrls = hasUrls;
    }

    private static List<JsonNode> texts(String... values) {
        return Stream.of(values).<JsonNode>map(TextNode::valueOf).toList();
    }

    /** @param jobId of the job that it would be */
    GenerationRequest parse(Caller caller, byte[] body, String jobId) throws RefusedRequestException {
        return parse(caller, json.read(body), jobId, null);
    }

    /** @param given of the images; null if all of them is drawn */
    GenerationRequest parse(Caller caller, JsonNode body, String jobId, FormParser.@Nullable Given given)
            throws RefusedRequestException {
        JsonFields fields = JsonFields.of(body, "", FIELDS);
        refuseOthers(fields, sizes.adapts() ? KNOWN : FIXED);
        String said = fields.text("size");
        String size = "auto".equals(said) ? null : said;
        Integer partialImages = partialImages(fields);
        ImageFormat format = partialImages == null ? format(fields) : ImageFormat.B64_JSON; // as OpenAI streams them
        if (!sizes.adapts() && size != null && !sizes.draws(size)) {
            throw refuse("size", "size can only be %s or auto here: that is what the model draws.".formatted(sizes));
        }
        PromptRequest prompt = prompt(fields, jobId, sizes.adapts() ? output(fields, size) : null, given);
        Optional<Release> release = check(caller, prompt);
        return new GenerationRequest(prompt, release.orElse(null), format, partialImages, sizes.adapts() ? null : size);
    }

    private static @Nullable Integer partialImages(JsonFields fields) throws RefusedRequestException {
        Integer count = fields.integer("partial_images");
        if (count != null && (count < 0 || count > MAX_PARTIAL_IMAGES)) {
            throw refuse(
                    "partial_images", "partial_images is %d, allowed is 0 to %d.".formatted(count, MAX_PARTIAL_IMAGES));
        }
        if (fields.flag("stream")) {
            return count == null ? 0 : count;
        }
        if (count != null && count > 0) {
            throw refuse("partial_images", "partial_images needs stream to be true.");
        }
        return null;
    }

    /** What has to be made of the image as it is drawn; null if that is what is asked for. */
    private @Nullable ImageOutput output(JsonFields fields, @Nullable String size) throws RefusedRequestException {
        String format = fields.text("output_format");
        Integer compression = fields.integer("output_compression");
        if (compression != null && (compression < 0 || compression > 100)) {
            throw refuse("output_compression", "output_compression is %d, allowed is 0 to 100.".formatted(compression));
        }
        if (size == null && (format == null || format.equals("png"))) {
            return null;
        }
        ImageOutput.Builder output = ImageOutput.newBuilder()
                .setFit(sizes.fit())
                .setFormat(format == null ? OutputFormat.PNG : OutputFormat.valueOf(format.toUpperCase(Locale.ROOT)))
                .setQuality(compression == null ? Rendition.DEFAULT_QUALITY : compression);
        if (size == null) {
            return output.build();
        }
        Rendition.Size wanted = sizes.parse(size);
        return output.setWidth(wanted.width()).setHeight(wanted.height()).build();
    }

    private static void refuseOthers(JsonFields fields, Map<String, List<JsonNode>> known)
            throws RefusedRequestException {
        for (Map.Entry<String, List<JsonNode>> field : known.entrySet()) {
            refuseOthers(fields, field.getKey(), field.getValue());
        }
    }

    private static void refuseOthers(JsonFields fields, String name, List<JsonNode> allowed)
            throws RefusedRequestException {
        JsonNode value = fields.node(name);
        if (value != null && !allowed.contains(value)) {
            throw refuse(
                    name,
                    "%s can only be %s here: leave it out."
                            .formatted(
                                    name,
                                    allowed.stream().map(JsonNode::toString).collect(Collectors.joining(" or "))));
        }
    }

    private PromptRequest prompt(
            JsonFields fields, String jobId, @Nullable ImageOutput output, FormParser.@Nullable Given given)
            throws RefusedRequestException {
        String text = fields.text("prompt");
        if (text == null) {
            throw new RefusedRequestException(
                    Problem.at("/prompt", "missing-required-parameter", "prompt is missing: say what to draw."));
        }
        Integer n = fields.integer("n");
        int count = n == null ? 1 : n;
        if (count > limits.maxImages()) {
            throw refuse("n", "n is %d, allowed is 1 to %d.".formatted(count, limits.maxImages()));
        }
        return PromptRequest.newBuilder()
                .setId(jobId)
                .setJobId(jobId)
                .setText(text)
                .setCount(count)
                .setLane(Lane.INTERACTIVE)
                .setSeed(fields.longInteger("seed"))
                .setNegativeText(fields.text("negative_prompt"))
                .setSampling(sampling(fields))
                .setLabels(user(fields))
                .setBestOf(fields.integer("best_of"))
                .setOutput(output)
                .setPrefix(given == null ? null : given.picture())
                .setRedraw(given == null ? null : given.redraw())
                .build();
    }

    private static @Nullable Sampling sampling(JsonFields fields) throws RefusedRequestException {
        Sampling sampling = Sampling.newBuilder()
                .setTemperature(fields.number("temperature"))
                .setTopK(fields.integer("top_k"))
                .setTopP(fields.number("top_p"))
                .setGuidanceScale(fields.number("guidance_scale"))
                .build();
        return sampling.equals(Sampling.newBuilder().build()) ? null : sampling;
    }

    private static Map<String, String> user(JsonFields fields) throws RefusedRequestException {
        String user = fields.text(USER);
        if (user == null) {
            return Map.of();
        }
        return JsonFields.isUnicode(user)
                ? Map.of(USER, user)
                : fields.refuse(USER, "text: it holds an unpaired surrogate");
    }

    /** The release that it needs, if it does. The rules are the intake's, the names OpenAI's. */
    private Optional<Release> check(Caller caller, PromptRequest prompt) throws RefusedRequestException {
        Verdict verdict = check.check(caller, prompt);
        if (verdict instanceof Refused refused) {
            String field = refused.field().replaceFirst(".*/", "");
            String message = NAME.matcher(refused.message()).replaceAll(name -> NAMES.get(name.group()));
            throw new RefusedRequestException(Problem.at(
                    "/" + NAMES.getOrDefault(field, field), refused.code().code(), message));
        }
        return ((Accepted) verdict).release();
    }

    private ImageFormat format(JsonFields fields) throws RefusedRequestException {
        String model = fields.text("model");
        String format = fields.text("response_format");
        if (format == null) {
            boolean isInBase64 = model != null && model.startsWith(IN_BASE64);
            return hasUrls && !isInBase64 ? ImageFormat.URL : ImageFormat.B64_JSON;
        }
        return switch (format) {
            case "b64_json" -> ImageFormat.B64_JSON;
            case "url" -> {
                if (!hasUrls) {
                    throw refuse(
                            "response_format",
                            "response_format can only be b64_json here: there are no addresses that can be opened"
                                    + " without a key, unless whoever runs this sets s3.public.endpoint.");
                }
                yield ImageFormat.URL;
            }
            default -> throw refuse("response_format", "response_format is neither url nor b64_json.");
        };
    }

    private static RefusedRequestException refuse(String name, String detail) {
        return new RefusedRequestException(Problem.at("/" + name, ErrorCode.INVALID_PARAMETER.code(), detail));
    }
}
