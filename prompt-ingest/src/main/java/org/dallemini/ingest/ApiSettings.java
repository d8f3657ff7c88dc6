package org.dallemini.ingest;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.events.OutputFit;
import org.dallemini.ingest.http.Origins;
import org.dallemini.ingest.model.ModelCard;
import org.dallemini.ingest.openai.DrawnSizes;
import org.dallemini.stage.config.StageConfig;

/**
 * The settings {@code api.*} of the HTTP API.
 *
 * @param waitTimeout how long a caller waits for images at most
 * @param images what the model draws, and what is done with requests for something else
 * @param model folder of the model that draws; empty if that is not said
 * @param origins whose web pages may use the API
 */
public record ApiSettings(
        Listener listener, Limits limits, Duration waitTimeout, DrawnSizes images, String model, Origins origins) {
    public static final String HOST = "api.host";
    public static final String PORT = "api.port";
    public static final String KEYS_FILE = "api.keys.file";
    public static final String MAX_BODY_BYTES = "api.max.body.bytes";
    public static final String MAX_PROMPTS = "api.max.prompts";
    public static final String WAIT_TIMEOUT_MS = "api.wait.timeout.ms";
    public static final String IMAGE_SIZES = "api.image.sizes";
    public static final String IMAGE_ADAPT = "api.image.adapt";
    public static final String IMAGE_FIT = "api.image.fit";
    public static final String UPSCALE_MODEL = "upscale.model";
    public static final String MAX_WAITING = "api.max.waiting";
    public static final String RATE_PER_MINUTE = "api.rate.per.minute";
    public static final String MAX_QUEUED_IMAGES = "api.max.queued.images";
    public static final String MODEL = "api.model";
    public static final String CORS_ORIGINS = "api.cors.origins";

    /**
     * Where the HTTP API is served.
     *
     * @param port 0 for any free one, -1 for nowhere
     * @param keysFile of those who may use it; empty: whoever reaches a loopback address
     */
    public record Listener(String host, int port, String keysFile) {}

    /** How much may be asked of the HTTP API; 0 is no limit of the last three. */
    public record Limits(int bodyBytes, int prompts, int waiting, int requestsPerMinute, long queuedImages) {}

    static ApiSettings read(StageConfig stage) {
        return new ApiSettings(
                new Listener(stage.getString(HOST), stage.getInt(PORT), stage.getString(KEYS_FILE)),
                new Limits(
                        stage.getInt(MAX_BODY_BYTES),
                        stage.getInt(MAX_PROMPTS),
                        stage.getInt(MAX_WAITING),
                        stage.getInt(RATE_PER_MINUTE),
                        stage.getLong(MAX_QUEUED_IMAGES)),
                Duration.ofMillis(stage.getLong(WAIT_TIMEOUT_MS)),
                DrawnSizes.of(
                        stage.getList(IMAGE_SIZES),
                        stage.getBoolean(IMAGE_ADAPT),
                        OutputFit.valueOf(stage.getString(IMAGE_FIT).toUpperCase(Locale.ROOT))),
                stage.getString(MODEL),
                new Origins(Set.copyOf(stage.getList(CORS_ORIGINS))));
    }

    /**
     * What is said of the model that draws.
     *
     * @throws ConfigException if it cannot be read
     */
    Optional<ModelCard> modelCard() {
        try {
            return model.isEmpty() ? Optional.empty() : Optional.of(ModelCard.of(Path.of(model)));
        } catch (ConfigException | InvalidPathException e) {
            throw new ConfigException(MODEL + ": " + e.getMessage());
        }
    }

    /** Adds the settings to a definition and returns it. */
    static ConfigDef addTo(ConfigDef definition) {
        return definition
                .define(
                        HOST,
                        ConfigDef.Type.STRING,
                        "127.0.0.1",
                        new ConfigDef.NonEmptyString(),
                        MEDIUM,
                        "Address on which the HTTP API is served. Without api.keys.file only a loopback address is"
                                + " allowed.")
                .define(
                        PORT,
                        ConfigDef.Type.INT,
                        8080,
                        between(-1, 65535),
                        MEDIUM,
                        "Port of the HTTP API; 0 takes any free one, -1 switches it off.")
                .define(
                        KEYS_FILE,
                        ConfigDef.Type.STRING,
                        "",
                        MEDIUM,
                        "File of those who may use the HTTP API, as 'dallemini keys create' writes it; it is read again"
                                + " when it changes. Empty: whoever reaches the loopback address may.")
                .define(
                        MAX_BODY_BYTES,
                        ConfigDef.Type.INT,
                        1 << 20,
                        between(1 << 10, 64 << 20),
                        LOW,
                        "Most bytes of a request's body.")
                .define(MAX_PROMPTS, ConfigDef.Type.INT, 256, between(1, 10_000), LOW, "Most prompts of one request.")
                .define(
                        WAIT_TIMEOUT_MS,
                        ConfigDef.Type.LONG,
                        Duration.ofSeconds(570).toMillis(),
                        atLeast(1_000L),
                        MEDIUM,
                        "How long a request to /v1/images/generations waits for its images; OpenAI's clients hang up"
                                + " after 10 minutes.")
                .define(
                        IMAGE_SIZES,
                        ConfigDef.Type.LIST,
                        "256x256",
                        LambdaValidator.with(ApiSettings::checkSizes, () -> "sizes such as 256x256"),
                        MEDIUM,
                        "What the model draws. 'dallemini up' sets it.")
                .define(
                        IMAGE_ADAPT,
                        ConfigDef.Type.BOOLEAN,
                        true,
                        MEDIUM,
                        "Whether images are scaled and written as requests to /v1/images/generations ask for it. false:"
                                + " sizes other than those of api.image.sizes are refused, and formats other than PNG.")
                .define(
                        IMAGE_FIT,
                        ConfigDef.Type.STRING,
                        "pad",
                        ConfigDef.ValidString.in("pad", "crop"),
                        LOW,
                        "What is done where such a size has another aspect than the image. pad: the whole image on a"
                                + " ground of the colour of its edge; crop: the size is filled.")
                .define(
                        UPSCALE_MODEL,
                        ConfigDef.Type.STRING,
                        "",
                        LOW,
                        "ONNX file of a network that enlarges images for those who ask the API for other sizes, as of"
                                + " the storage sink. Empty: the built-in upscaler.")
                .define(
                        MAX_WAITING,
                        ConfigDef.Type.INT,
                        64,
                        between(0, 1_000_000),
                        MEDIUM,
                        "Most requests to /v1/images/generations that wait at the same time, of each key and in each"
                                + " process; 0: any number.")
                .define(
                        RATE_PER_MINUTE,
                        ConfigDef.Type.INT,
                        0,
                        between(0, 1_000_000),
                        MEDIUM,
                        "Most requests a minute that submit something, of each key and in each process; 0: any number.")
                .define(
                        MAX_QUEUED_IMAGES,
                        ConfigDef.Type.LONG,
                        1_000_000L,
                        atLeast(0L),
                        MEDIUM,
                        "Most images that may wait to be drawn; what would exceed it is refused until there is room. 0:"
                                + " any number.")
                .define(
                        MODEL,
                        ConfigDef.Type.STRING,
                        "",
                        MEDIUM,
                        "Folder of the model that draws. Its model-card.json, or the README.md of its hub, is what the"
                                + " API and the web page say of it; nothing else is read. Empty: they know the name of the model that drew the newest"
                                + " image, and no more. 'dallemini up' sets it.")
                .define(
                        CORS_ORIGINS,
                        ConfigDef.Type.LIST,
                        "",
                        LambdaValidator.with(ApiSettings::checkOrigins, () -> "origins such as https://example.org"),
                        MEDIUM,
                        "Whose web pages may use the HTTP API from a browser (CORS), besides its own: scheme, host and"
                                + " port of each, for example https://app.example.org. Empty: nobody's.");
    }

    private static void checkOrigins(String name, Object value) {
        for (Object origin : (List<?>) value) {
            if (!Origins.isOrigin(String.valueOf(origin))) {
                throw new ConfigException(
                        name,
                        origin,
                        "write scheme and host, and port if need be, without a path: https://app.example.org; name each,"
                                + " there is no * for all");
            }
        }
    }

    private static void checkSizes(String name, Object value) {
        for (Object size : (List<?>) value) {
            try {
                DrawnSizes.size(String.valueOf(size));
            } catch (IllegalArgumentException e) {
                throw new ConfigException(name, size, e.getMessage());
            }
        }
    }
}
