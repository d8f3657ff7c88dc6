package org.dallemini.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.TreeMap;
import org.dallemini.events.Footprint;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageVerdict;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.PromptVerdict;
import org.dallemini.events.Sampling;
import org.dallemini.events.StageTiming;
import org.dallemini.schemas.Prefixes;
import org.jspecify.annotations.Nullable;

/** The JSON object beside an image: everything its record says, for readers of the bucket who have no Kafka. */
final class Sidecar {
    static final String CONTENT_TYPE = "application/json";

    /** In bytes, far beyond any: a text may have some thousand characters. */
    static final int MAX_BYTES = 1 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private Sidecar() {}

    /** Equal bytes for equal records. */
    static byte[] of(GeneratedImage image) {
        ImageRequest request = image.getRequest();
        ObjectNode root = JSON.createObjectNode();
        root.put("imageId", request.getImageId());
        root.put("promptId", request.getPromptId());
        root.put("index", request.getIndex());
        root.put("count", request.getCount());
        root.put("jobId", request.getJobId());
        root.put("text", request.getText());
        root.put("negativeText", request.getNegativeText());
        root.put("seed", request.getSeed());
        root.set("sampling", sampling(request.getSampling()));
        root.put("candidates", request.getCandidates());
        root.put("score", request.getScore());
        root.put("prefixTokens", Prefixes.tokens(request));
        root.set("labels", JSON.valueToTree(new TreeMap<>(request.getLabels())));
        root.put("requestedAt", request.getRequestedAt().toString());
        root.put("contentType", image.getContentType());
        root.put("width", image.getWidth());
        root.put("height", image.getHeight());
        root.put("sha256", image.getSha256());
        root.set("tokenModel", model(image.getTokenModel()));
        root.set("decoderModel", model(image.getDecoderModel()));
        root.set("tokenTiming", timing(image.getTokenTiming()));
        root.set("decodeTiming", timing(image.getDecodeTiming()));
        if (request.getPromptVerdict() != null) {
            root.set("promptVerdict", promptVerdict(request.getPromptVerdict()));
        }
        if (image.getVerdict() != null) {
            root.set("verdict", verdict(image.getVerdict()));
        }
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of plain values is always JSON", e);
        }
    }

    /** Whether these bytes are the sidecar of the image with this hash, by whatever version. */
    static boolean isOf(byte[] json, String sha256) {
        try {
            return JSON.readTree(json).path("sha256").asText().equalsIgnoreCase(sha256);
        } catch (IOException e) {
            return false;
        }
    }

    private static ObjectNode sampling(Sampling sampling) {
        return JSON.createObjectNode()
                .put("temperature", sampling.getTemperature())
                .put("topK", sampling.getTopK())
                .put("topP", sampling.getTopP())
                .put("guidanceScale", sampling.getGuidanceScale())
                .put("batchIndex", sampling.getBatchIndex())
                .put("batchSize", sampling.getBatchSize());
    }

    private static ObjectNode promptVerdict(PromptVerdict verdict) {
        return released(
                JSON.createObjectNode().put("policy", verdict.getPolicy()).put("mark", verdict.getMark()),
                verdict.getReleasedBy(),
                verdict.getReleaseReason());
    }

    private static ObjectNode verdict(ImageVerdict verdict) {
        ObjectNode node = JSON.createObjectNode()
                .put("classifier", verdict.getClassifier())
                .put("mark", verdict.getMark());
        node.set("scores", JSON.valueToTree(new TreeMap<>(verdict.getScores())));
        return released(node, verdict.getReleasedBy(), verdict.getReleaseReason());
    }

    /** Of what a filter refuses and somebody let pass. */
    private static ObjectNode released(ObjectNode node, @Nullable String by, @Nullable String reason) {
        return by == null ? node : node.put("releasedBy", by).put("releaseReason", reason);
    }

    private static ObjectNode model(ModelInfo model) {
        return JSON.createObjectNode()
                .put("name", model.getName())
                .put("revision", model.getRevision())
                .put("precision", model.getPrecision());
    }

    private static ObjectNode timing(StageTiming timing) {
        ObjectNode node = JSON.createObjectNode()
                .put("startedAt", timing.getStartedAt().toString())
                .put("durationMillis", timing.getDurationMillis());
        Footprint footprint = timing.getFootprint();
        if (footprint != null) {
            node.putObject("footprint")
                    .put("energyJoules", footprint.getEnergyJoules())
                    .put("co2eGrams", footprint.getCo2eGrams())
                    .put("method", footprint.getMethod());
        }
        return node;
    }
}
