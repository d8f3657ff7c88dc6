package org.dallemini.storage;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.dallemini.events.Footprint;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.StageTiming;
import org.dallemini.objects.AsciiText;
import org.dallemini.objects.StoredObject;
import org.dallemini.schemas.Prefixes;
import org.jspecify.annotations.Nullable;

/**
 * The user metadata of an image's object, so that a bucket explains itself without Kafka. Values are percent-encoded
 * where they are not plain ASCII ({@link AsciiText}); the prompt is cut where S3's limit of 2 KB for all of it asks for
 * that, and {@code prompt-truncated} says so.
 *
 * <p>They are also what the sink knows an image by that it finds in its place: {@code request-sha256} tells what was
 * asked for, the others what the event says of it.
 */
final class ObjectMetadata {
    private static final int MAX_BYTES = 2048;
    /** Of joules and grams of an image: far more than any takes. */
    private static final double MOST = 1e9;

    private static final int MAX_NAME = 128;
    private static final String TRUNCATED = "prompt-truncated";

    private static final String REQUEST = "request-sha256";
    private static final String SCORE = "score";
    private static final String SHA256 = "sha256";
    private static final String WIDTH = "width";
    private static final String HEIGHT = "height";
    private static final String TOKEN_MODEL = "token-model";
    private static final String DECODER_MODEL = "decoder-model";
    private static final String REVISION = "-revision";
    private static final String PRECISION = "-precision";
    private static final String TOKEN_TIMING = "token-timing";
    private static final String DECODE_TIMING = "decode-timing";
    private static final String JOULES = "-joules";
    private static final String CO2E_GRAMS = "-co2e-grams";
    /** How estimates of an object were made: there is no room for it. */
    static final String METHOD = "estimate: an earlier record of the image says how";

    private ObjectMetadata() {}

    static Map<String, String> of(GeneratedImage image) {
        ImageRequest request = image.getRequest();
        Map<String, String> metadata = new LinkedHashMap<>();
        put(metadata, "image-id", request.getImageId());
        put(metadata, "job-id", request.getJobId());
        put(metadata, REQUEST, RequestHash.of(request));
        put(metadata, "seed", Long.toString(request.getSeed()));
        if (request.getScore() != null) {
            put(metadata, SCORE, request.getScore().toString());
        }
        if (Prefixes.tokens(request) > 0) {
            put(metadata, "prefix-tokens", Integer.toString(Prefixes.tokens(request)));
        }
        put(metadata, TOKEN_MODEL, image.getTokenModel());
        put(metadata, DECODER_MODEL, image.getDecoderModel());
        put(metadata, TOKEN_TIMING, image.getTokenTiming());
        put(metadata, DECODE_TIMING, image.getDecodeTiming());
        put(metadata, WIDTH, Integer.toString(image.getWidth()));
        put(metadata, HEIGHT, Integer.toString(image.getHeight()));
        put(metadata, SHA256, image.getSha256());
        putPrompt(metadata, request.getText());
        return Map.copyOf(metadata);
    }

    private static void put(Map<String, String> metadata, String name, String value) {
        metadata.put(name, AsciiText.escape(value, MAX_NAME));
    }

    private static void put(Map<String, String> metadata, String name, ModelInfo model) {
        put(metadata, name, model.getName());
        put(metadata, name + REVISION, model.getRevision());
        put(metadata, name + PRECISION, model.getPrecision());
    }

    /** As an interval of ISO 8601: {@code 2026-11-22T23:59:58Z/PT1.5S}. */
    private static void put(Map<String, String> metadata, String name, StageTiming timing) {
        put(metadata, name, timing.getStartedAt() + "/" + Duration.ofMillis(timing.getDurationMillis()));
        Footprint footprint = timing.getFootprint();
        if (footprint != null) {
            put(metadata, name + JOULES, Double.toString(footprint.getEnergyJoules()));
            put(metadata, name + CO2E_GRAMS, Double.toString(footprint.getCo2eGrams()));
        }
    }

    /** The {@link RequestHash} of the image that an object holds; empty if its metadata do not tell. */
    static Optional<String> request(StoredObject object) {
        return Optional.ofNullable(object.userMetadata().get(REQUEST));
    }

    /**
     * The image that an object holds, as its metadata tell.
     *
     * @param image of the same request, perhaps of another drawing; what the metadata do not tell is taken from it
     */
    static GeneratedImage imageIn(StoredObject object, GeneratedImage image) {
        Map<String, String> metadata = object.userMetadata();
        if (image.getSha256().equalsIgnoreCase(metadata.get(SHA256))) {
            return image;
        }
        ImageRequest asked = image.getRequest();
        return GeneratedImage.newBuilder(image)
                .setRequest(ImageRequest.newBuilder(asked)
                        .setScore(read(metadata, SCORE, Double::valueOf, asked.getScore()))
                        .build())
                .setContentType(object.contentType())
                .setSha256(read(metadata, SHA256, AsciiText::unescape, image.getSha256()))
                .setWidth(read(metadata, WIDTH, Integer::valueOf, image.getWidth()))
                .setHeight(read(metadata, HEIGHT, Integer::valueOf, image.getHeight()))
                .setTokenModel(model(metadata, TOKEN_MODEL, image.getTokenModel()))
                .setDecoderModel(model(metadata, DECODER_MODEL, image.getDecoderModel()))
                .setTokenTiming(timing(metadata, TOKEN_TIMING, image.getTokenTiming()))
                .setDecodeTiming(timing(metadata, DECODE_TIMING, image.getDecodeTiming()))
                .build();
    }

    private static ModelInfo model(Map<String, String> metadata, String name, ModelInfo other) {
        return ModelInfo.newBuilder()
                .setName(read(metadata, name, AsciiText::unescape, other.getName()))
                .setRevision(read(metadata, name + REVISION, AsciiText::unescape, other.getRevision()))
                .setPrecision(read(metadata, name + PRECISION, AsciiText::unescape, other.getPrecision()))
                .build();
    }

    private static StageTiming timing(Map<String, String> metadata, String name, StageTiming other) {
        return read(metadata, name, interval -> timing(interval, footprint(metadata, name)), other);
    }

    private static StageTiming timing(String interval, @Nullable Footprint footprint) {
        String[] parts = interval.split("/", 2);
        return new StageTiming(
                Instant.ofEpochMilli(Instant.parse(parts[0]).toEpochMilli()),
                Duration.parse(parts[parts.length - 1]).toMillis(),
                footprint);
    }

    private static boolean isAmount(double number) {
        return number >= 0 && number < MOST;
    }

    private static @Nullable Footprint footprint(Map<String, String> metadata, String name) {
        double joules = read(metadata, name + JOULES, Double::valueOf, Double.NaN);
        double grams = read(metadata, name + CO2E_GRAMS, Double::valueOf, Double.NaN);
        return isAmount(joules) && isAmount(grams) ? new Footprint(joules, grams, METHOD) : null;
    }

    /** Anybody can write into a bucket: what cannot be read is taken for missing. */
    private static <T extends @Nullable Object> T read(
            Map<String, String> metadata, String name, Function<String, T> parser, T otherwise) {
        String text = metadata.get(name);
        try {
            return text == null ? otherwise : parser.apply(text);
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            return otherwise;
        }
    }

    /** What an object is, for people; one of this pipeline's says which image. */
    static String describe(StoredObject object) {
        Map<String, String> metadata = object.userMetadata();
        String size = object.size() + " bytes of " + AsciiText.escape(object.contentType(), MAX_NAME);
        if (!metadata.containsKey("image-id")) {
            return size;
        }
        return "image " + metadata.get("image-id") + " of job " + metadata.get("job-id") + ", seed "
                + metadata.get("seed") + ", \"" + metadata.get("prompt") + "\", " + size;
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
