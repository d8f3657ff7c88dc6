package org.dallemini.ingest.json;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.dallemini.events.Footprint;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageVerdict;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.PromptVerdict;
import org.dallemini.events.Sampling;
import org.dallemini.events.StageTiming;
import org.dallemini.events.StoredImage;
import org.dallemini.events.StoredRendition;
import org.dallemini.ingest.jobs.Jobs.ImagePage;
import org.dallemini.prompt.FileNames;
import org.dallemini.schemas.ImageFootprint;
import org.jspecify.annotations.Nullable;

/** Images as they are written in answers. */
public final class ImageJson {
    private ImageJson() {}

    /** @param image writes one */
    public static Map<String, Object> page(ImagePage page, Function<StoredImage, Map<String, Object>> image) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("images", page.images().stream().map(image).toList());
        fields.put("next", page.next());
        return fields;
    }

    /** Without prefix: it may be a picture of its own. */
    public static Map<String, Object> image(StoredImage image) {
        ImageRequest request = image.getRequest();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", request.getImageId());
        fields.put("job", request.getJobId());
        fields.put("prompt", request.getPromptId());
        fields.put("index", request.getIndex());
        fields.put("text", request.getText());
        fields.put("negativeText", request.getNegativeText());
        // A string: not every JSON library keeps 64 bits.
        fields.put("seed", Long.toString(request.getSeed()));
        fields.put("sampling", sampling(request.getSampling()));
        fields.put("candidates", request.getCandidates());
        fields.put("score", request.getScore());
        fields.put("promptVerdict", promptVerdict(request.getPromptVerdict()));
        fields.put("verdict", image.getVerdict() == null ? null : verdict(image.getVerdict()));
        fields.put("hasPrefix", request.getPrefix() != null);
        fields.put("lane", request.getLane().name());
        fields.put("labels", new TreeMap<>(request.getLabels()));
        fields.put("content", contentPath(image));
        fields.put("fileName", FileNames.of(request.getText()) + "-" + request.getSeed() + ".png");
        fields.put("bucket", image.getBucket());
        fields.put("key", image.getKey());
        fields.put("etag", image.getEtag());
        fields.put("contentType", image.getContentType());
        fields.put("size", image.getSize());
        fields.put("sha256", image.getSha256());
        fields.put("width", image.getWidth());
        fields.put("height", image.getHeight());
        fields.put("rendition", image.getRendition() == null ? null : rendition(image, image.getRendition()));
        fields.put("tokenModel", model(image.getTokenModel()));
        fields.put("decoderModel", model(image.getDecoderModel()));
        fields.put("requestedAt", request.getRequestedAt().toString());
        fields.put("drawn", timing(image.getTokenTiming()));
        fields.put("decoded", timing(image.getDecodeTiming()));
        fields.put("stored", timing(image.getStoreTiming()));
        fields.put(
                "footprint", ImageFootprint.of(image).map(ImageJson::footprint).orElse(null));
        return fields;
    }

    /** Where the API gives the image itself. */
    public static String contentPath(StoredImage image) {
        return path(image) + "/content";
    }

    /** Where the API gives the file that was asked for beside the image. */
    public static String renditionPath(StoredImage image) {
        return path(image) + "/rendition";
    }

    private static String path(StoredImage image) {
        ImageRequest request = image.getRequest();
        return "/v1/jobs/" + request.getJobId() + "/images/" + request.getImageId();
    }

    private static Map<String, Object> rendition(StoredImage image, StoredRendition rendition) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("content", renditionPath(image));
        fields.put("key", rendition.getKey());
        fields.put("etag", rendition.getEtag());
        fields.put("contentType", rendition.getContentType());
        fields.put("size", rendition.getSize());
        fields.put("sha256", rendition.getSha256());
        fields.put("width", rendition.getWidth());
        fields.put("height", rendition.getHeight());
        fields.put("made", rendition.getMade());
        return fields;
    }

    private static Map<String, Object> sampling(Sampling sampling) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("temperature", sampling.getTemperature());
        fields.put("topK", sampling.getTopK());
        fields.put("topP", sampling.getTopP());
        fields.put("guidanceScale", sampling.getGuidanceScale());
        fields.put("batchIndex", sampling.getBatchIndex());
        fields.put("batchSize", sampling.getBatchSize());
        return fields;
    }

    private static @Nullable Map<String, Object> promptVerdict(@Nullable PromptVerdict verdict) {
        if (verdict == null) {
            return null;
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("policy", verdict.getPolicy());
        fields.put("mark", verdict.getMark());
        fields.put("releasedBy", verdict.getReleasedBy());
        return fields;
    }

    private static Map<String, Object> verdict(ImageVerdict verdict) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("classifier", verdict.getClassifier());
        fields.put("mark", verdict.getMark());
        fields.put("scores", new TreeMap<>(verdict.getScores()));
        fields.put("releasedBy", verdict.getReleasedBy());
        return fields;
    }

    private static Map<String, Object> model(ModelInfo model) {
        return Map.of("name", model.getName(), "revision", model.getRevision(), "precision", model.getPrecision());
    }

    private static Map<String, Object> footprint(Footprint footprint) {
        return Map.of(
                "energyJoules", footprint.getEnergyJoules(),
                "co2eGrams", footprint.getCo2eGrams(),
                "method", footprint.getMethod());
    }

    private static Map<String, Object> timing(StageTiming timing) {
        return Map.of(
                "startedAt", timing.getStartedAt().toString(),
                "durationMillis", timing.getDurationMillis());
    }
}
