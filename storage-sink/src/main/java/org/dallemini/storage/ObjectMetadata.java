package org.dallemini.storage;

import java.util.LinkedHashMap;
import java.util.Map;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageRequest;
import org.dallemini.objects.AsciiText;
import org.dallemini.schemas.Prefixes;

/**
 * The user metadata of an image's object, so that a bucket explains itself without Kafka. Values are percent-encoded
 * where they are not plain ASCII ({@link AsciiText}); the prompt is cut where S3's limit of 2 KB for all of it asks for
 * that, and {@code prompt-truncated} says so.
 */
final class ObjectMetadata {
    private static final int MAX_BYTES = 2048;
    private static final int MAX_NAME = 128;
    private static final String TRUNCATED = "prompt-truncated";

    private ObjectMetadata() {}

    static Map<String, String> of(GeneratedImage image) {
        ImageRequest request = image.getRequest();
        Map<String, String> metadata = new LinkedHashMap<>();
        put(metadata, "image-id", request.getImageId());
        put(metadata, "job-id", request.getJobId());
        put(metadata, "seed", Long.toString(request.getSeed()));
        if (Prefixes.tokens(request) > 0) {
            put(metadata, "prefix-tokens", Integer.toString(Prefixes.tokens(request)));
        }
        put(metadata, "token-model", image.getTokenModel().getName());
        put(metadata, "token-model-revision", image.getTokenModel().getRevision());
        put(metadata, "decoder-model", image.getDecoderModel().getName());
        put(metadata, "decoder-model-revision", image.getDecoderModel().getRevision());
        put(metadata, "sha256", image.getSha256());
        putPrompt(metadata, request.getText());
        return Map.copyOf(metadata);
    }

    private static void put(Map<String, String> metadata, String name, String value) {
        metadata.put(name, AsciiText.escape(value, MAX_NAME));
    }

    private static void putPrompt(Map<String, String> metadata, String prompt) {
        int room = MAX_BYTES - size(metadata) - "prompt".length() - TRUNCATED.length() - "true".length();
        String escaped = AsciiText.escape(prompt, room);
        metadata.put("prompt", escaped);
        if (!escaped.equals(AsciiText.escape(prompt, Integer.MAX_VALUE))) {
            metadata.put(TRUNCATED, "true");
        }
    }

    /** As S3 counts: the bytes of all names, without their prefix, and values. */
    static int size(Map<String, String> metadata) {
        return metadata.entrySet().stream()
                .mapToInt(e -> e.getKey().length() + e.getValue().length())
                .sum();
    }
}
