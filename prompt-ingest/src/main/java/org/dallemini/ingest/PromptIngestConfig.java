package org.dallemini.ingest;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.ingest.http.Origins;
import org.dallemini.ingest.model.ModelCard;
import org.dallemini.ingest.webhooks.WebhookSettings;
import org.dallemini.objects.PresignedUrls;
import org.dallemini.objects.S3Config;
import org.dallemini.objects.S3Settings;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.stage.config.StageConfig;

/** The settings of the prompt ingest: every stage's, and these. */
public final class PromptIngestConfig {
    public static final String MAX_CHARACTERS = "prompt.max.characters";
    public static final String MAX_IMAGES = "prompt.max.images";

    /** Most candidates of one prompt. */
    public static final String MAX_CANDIDATES = "prompt.max.candidates";

    public static final String MAX_PREFIX_BYTES = "prompt.max.prefix.bytes";
    public static final String DEDUPE_RETENTION_MS = "dedupe.retention.ms";
    public static final String JOB_RETENTION_MS = "job.retention.ms";
    public static final String API_HOST = "api.host";
    public static final String API_PORT = "api.port";
    public static final String API_KEYS_FILE = "api.keys.file";
    public static final String API_MAX_BODY_BYTES = "api.max.body.bytes";
    public static final String API_MAX_PROMPTS = "api.max.prompts";
    public static final String API_WAIT_TIMEOUT_MS = "api.wait.timeout.ms";
    public static final String API_IMAGE_SIZES = "api.image.sizes";
    public static final String API_MAX_WAITING = "api.max.waiting";
    public static final String API_RATE_PER_MINUTE = "api.rate.per.minute";
    public static final String API_MAX_QUEUED_IMAGES = "api.max.queued.images";
    public static final String API_MODEL = "api.model";
    public static final String API_CORS_ORIGINS = "api.cors.origins";
    public static final String GALLERY_IMAGES = "gallery.images";
    public static final String PREVIEW_DECODER_URLS = "preview.decoder.urls";
    public static final String STATE_DIR = "state.dir";
    public static final String STREAM_THREADS = "stream.threads";
    public static final String COMMIT_INTERVAL_MS = "commit.interval.ms";
    public static final String BULK_COMMIT_INTERVAL_MS = "bulk.commit.interval.ms";

    private static final int S3_CONNECTIONS = 16;

    /**
     * Where the HTTP API is served.
     *
     * @param port 0 for any free one, -1 for nowhere
     * @param keysFile of those who may use it; empty: whoever reaches a loopback address
     */
    record Listener(String host, int port, String keysFile) {}

    /** How much may be asked of the HTTP API; 0 is no limit of the last three. */
    record ApiLimits(int bodyBytes, int prompts, int waiting, int requestsPerMinute, long queuedImages) {}

    private final StageConfig stage;

    /** @throws ConfigException if a value is missing, malformed or out of its range */
    public PromptIngestConfig(Map<String, String> values) {
        this.stage = new StageConfig(definition(), values);
    }

    /** All settings of the prompt ingest. */
    public static ConfigDef definition() {
        return WebhookSettings.addTo(addApiTo(S3Config.addOptionalTo(addLimitsTo(StageConfig.definition()))))
                .define(
                        DEDUPE_RETENTION_MS,
                        ConfigDef.Type.LONG,
                        Duration.ofDays(7).toMillis(),
                        atLeast(Duration.ofMinutes(2).toMillis()),
                        MEDIUM,
                        "How long the id of a prompt is remembered: until then the same prompt is dropped when it comes"
                                + " again, and another of the same id is refused.")
                .define(
                        JOB_RETENTION_MS,
                        ConfigDef.Type.LONG,
                        Duration.ofDays(7).toMillis(),
                        atLeast(Duration.ofMinutes(2).toMillis()),
                        MEDIUM,
                        "How long the status of a job that has completed is kept after its last change. One that has not"
                                + " is kept for 31 days at least: that long its records may still be processed or"
                                + " replayed.")
                .define(
                        STATE_DIR,
                        ConfigDef.Type.STRING,
                        "",
                        MEDIUM,
                        "Folder for the local copy of what is remembered; it is restored from Kafka where it is missing."
                                + " Empty: a folder of the user's own in the system's folder for temporary files.")
                .define(
                        STREAM_THREADS,
                        ConfigDef.Type.INT,
                        1,
                        between(1, 64),
                        LOW,
                        "Threads; more than one pays only for thousands of prompts a second.")
                .define(
                        COMMIT_INTERVAL_MS,
                        ConfigDef.Type.LONG,
                        20L,
                        between(1L, 10_000L),
                        LOW,
                        "How long image requests of the interactive lane may lie in an open transaction, unseen by the"
                                + " token generators.")
                .define(
                        BULK_COMMIT_INTERVAL_MS,
                        ConfigDef.Type.LONG,
                        200L,
                        between(1L, 5_000L),
                        LOW,
                        "The same for all that is not interactive: the longer, the more prompts share a transaction.");
    }

    private static ConfigDef addApiTo(ConfigDef definition) {
        return definition
                .define(
                        API_HOST,
                        ConfigDef.Type.STRING,
                        "127.0.0.1",
                        new ConfigDef.NonEmptyString(),
                        MEDIUM,
                        "Address on which the HTTP API is served. Without api.keys.file only a loopback address is"
                                + " allowed.")
                .define(
                        API_PORT,
                        ConfigDef.Type.INT,
                        8080,
                        between(-1, 65535),
                        MEDIUM,
                        "Port of the HTTP API; 0 takes any free one, -1 switches it off.")
                .define(
                        API_KEYS_FILE,
                        ConfigDef.Type.STRING,
                        "",
                        MEDIUM,
                        "File of those who may use the HTTP API, as 'dallemini keys create' writes it; it is read again"
                                + " when it changes. Empty: whoever reaches the loopback address may.")
                .define(
                        API_MAX_BODY_BYTES,
                        ConfigDef.Type.INT,
                        1 << 20,
                        between(1 << 10, 64 << 20),
                        LOW,
                        "Most bytes of a request's body.")
                .define(
                        API_MAX_PROMPTS,
                        ConfigDef.Type.INT,
                        256,
                        between(1, 10_000),
                        LOW,
                        "Most prompts of one request.")
                .define(
                        API_WAIT_TIMEOUT_MS,
                        ConfigDef.Type.LONG,
                        Duration.ofSeconds(570).toMillis(),
                        atLeast(1_000L),
                        MEDIUM,
                        "How long a request to /v1/images/generations waits for its images; OpenAI's clients hang up"
                                + " after 10 minutes.")
                .define(
                        API_IMAGE_SIZES,
                        ConfigDef.Type.LIST,
                        "256x256",
                        LambdaValidator.with(PromptIngestConfig::checkSizes, () -> "sizes such as 256x256"),
                        MEDIUM,
                        "Sizes that a request to /v1/images/generations may name: what the model draws.")
                .define(
                        API_MAX_WAITING,
                        ConfigDef.Type.INT,
                        64,
                        between(0, 1_000_000),
                        MEDIUM,
                        "Most requests to /v1/images/generations that wait at the same time, of each key and in each"
                                + " process; 0: any number.")
                .define(
                        API_RATE_PER_MINUTE,
                        ConfigDef.Type.INT,
                        0,
                        between(0, 1_000_000),
                        MEDIUM,
                        "Most requests a minute that submit something, of each key and in each process; 0: any number.")
                .define(
                        API_MAX_QUEUED_IMAGES,
                        ConfigDef.Type.LONG,
                        1_000_000L,
                        atLeast(0L),
                        MEDIUM,
                        "Most images that may wait to be drawn; what would exceed it is refused until there is room. 0:"
                                + " any number.")
                .define(
                        API_MODEL,
                        ConfigDef.Type.STRING,
                        "",
                        MEDIUM,
                        "Folder of the model that draws. Its model-card.json is what the API and the web page say of it;"
                                + " nothing else is read. Empty: they know the name of the model that drew the newest"
                                + " image, and no more. 'dallemini up' sets it.")
                .define(
                        API_CORS_ORIGINS,
                        ConfigDef.Type.LIST,
                        "",
                        LambdaValidator.with(
                                PromptIngestConfig::checkOrigins, () -> "origins such as https://example.org"),
                        MEDIUM,
                        "Whose web pages may use the HTTP API from a browser (CORS), besides its own: scheme, host and"
                                + " port of each, for example https://app.example.org. Empty: nobody's.")
                .define(
                        GALLERY_IMAGES,
                        ConfigDef.Type.INT,
                        10_000,
                        between(1, 1_000_000),
                        LOW,
                        "How many images, the newest of all jobs, can be looked through and searched; what is known of"
                                + " each is kept in memory, some kilobytes.")
                .define(
                        PREVIEW_DECODER_URLS,
                        ConfigDef.Type.LIST,
                        "",
                        LambdaValidator.with(PromptIngestConfig::checkUrls, () -> "URLs such as http://decoder:8090"),
                        MEDIUM,
                        "Management addresses of image decoders, for example http://decoder:8090, which make pictures of"
                                + " images that are being drawn while somebody watches. Empty: no previews.");
    }

    private static void checkUrls(String name, Object value) {
        for (Object url : (List<?>) value) {
            if (!String.valueOf(url).matches("https?://[^/?#\\s]+/?")) {
                throw new ConfigException(name, url, "write scheme, host and port, for example http://decoder:8090");
            }
        }
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
            if (!String.valueOf(size).matches("[1-9]\\d{0,4}x[1-9]\\d{0,4}")) {
                throw new ConfigException(name, size, "write width x height, for example 256x256");
            }
        }
    }

    /** Adds the limits of prompts to a definition, for all who check prompts, and returns it. */
    public static ConfigDef addLimitsTo(ConfigDef definition) {
        return definition
                .define(
                        MAX_CHARACTERS,
                        ConfigDef.Type.INT,
                        PromptLimits.DEFAULT.maxCharacters(),
                        atLeast(1),
                        MEDIUM,
                        "Most characters (Unicode code points) of a prompt's text, and of its negative text.")
                .define(
                        MAX_IMAGES,
                        ConfigDef.Type.INT,
                        PromptLimits.DEFAULT.maxImages(),
                        between(1, 10_000),
                        MEDIUM,
                        "Most images of one prompt.")
                .define(
                        MAX_CANDIDATES,
                        ConfigDef.Type.INT,
                        PromptLimits.DEFAULT.maxCandidates(),
                        between(1, 10_000),
                        MEDIUM,
                        "Most candidates that the images of one prompt are chosen from (bestOf): each is drawn as an image is.")
                .define(
                        MAX_PREFIX_BYTES,
                        ConfigDef.Type.INT,
                        PromptLimits.DEFAULT.maxPrefixBytes(),
                        atLeast(Short.BYTES),
                        MEDIUM,
                        "Most bytes of the picture or the tokens that a prompt's images shall begin with. Each of its image"
                                + " requests carries them: keep it well below the broker's message.max.bytes.");
    }

    /** The settings that every stage has. */
    public StageConfig stage() {
        return stage;
    }

    /** The bucket of the images, for those who ask the API for them; empty if it is not set. */
    public Optional<S3Settings> s3() {
        return S3Config.isSet(stage) ? Optional.of(S3Config.read(stage, S3_CONNECTIONS)) : Optional.empty();
    }

    /** Addresses of images for clients that reach the bucket; empty if {@code s3.public.endpoint} is not set. */
    public Optional<PresignedUrls> presignedUrls() {
        return S3Config.publicEndpoint(stage)
                .map(endpoint -> new PresignedUrls(
                        s3().orElseThrow(() ->
                                new ConfigException(S3Config.PUBLIC_ENDPOINT + " needs " + S3Config.ACCESS_KEY + " and "
                                        + S3Config.SECRET_KEY + ": addresses are signed with them")),
                        endpoint));
    }

    /** How webhooks are sent; empty if there are none. */
    public Optional<WebhookSettings> webhooks() {
        return WebhookSettings.read(stage);
    }

    /** What a prompt may be. */
    public PromptLimits limits() {
        return new PromptLimits(
                stage.getInt(MAX_CHARACTERS),
                stage.getInt(MAX_IMAGES),
                stage.getInt(MAX_PREFIX_BYTES),
                stage.getInt(MAX_CANDIDATES));
    }

    Listener listener() {
        return new Listener(stage.getString(API_HOST), stage.getInt(API_PORT), stage.getString(API_KEYS_FILE));
    }

    ApiLimits apiLimits() {
        return new ApiLimits(
                stage.getInt(API_MAX_BODY_BYTES),
                stage.getInt(API_MAX_PROMPTS),
                stage.getInt(API_MAX_WAITING),
                stage.getInt(API_RATE_PER_MINUTE),
                stage.getLong(API_MAX_QUEUED_IMAGES));
    }

    /** How many of the newest images the gallery knows. */
    int galleryImages() {
        return stage.getInt(GALLERY_IMAGES);
    }

    /** How long somebody waits for images at most. */
    public Duration waitTimeout() {
        return Duration.ofMillis(stage.getLong(API_WAIT_TIMEOUT_MS));
    }

    /** Sizes of images that somebody may ask for, for example {@code 256x256}. */
    public Set<String> imageSizes() {
        return Set.copyOf(stage.getList(API_IMAGE_SIZES));
    }

    /** What is said of the model that draws; empty if that is not set. */
    public Optional<ModelCard> modelCard() {
        String folder = stage.getString(API_MODEL);
        try {
            return folder.isEmpty() ? Optional.empty() : Optional.of(ModelCard.of(Path.of(folder)));
        } catch (ConfigException | InvalidPathException e) {
            throw new ConfigException(API_MODEL + ": " + e.getMessage());
        }
    }

    /** Whose web pages may use the API. */
    public Origins origins() {
        return new Origins(Set.copyOf(stage.getList(API_CORS_ORIGINS)));
    }

    /** Who makes pictures of images that are being drawn; empty: nobody. */
    public List<URI> previewDecoders() {
        return stage.getList(PREVIEW_DECODER_URLS).stream().map(URI::create).toList();
    }

    Duration commitInterval() {
        return Duration.ofMillis(stage.getLong(COMMIT_INTERVAL_MS));
    }

    Duration dedupeRetention() {
        return Duration.ofMillis(stage.getLong(DEDUPE_RETENTION_MS));
    }

    /** How long a completed job is kept. */
    public Duration jobRetention() {
        return Duration.ofMillis(stage.getLong(JOB_RETENTION_MS));
    }

    /** Where local state lies. */
    public Path stateDir() {
        String configured = stage.getString(STATE_DIR);
        return configured.isEmpty()
                ? Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "dallemini-" + System.getProperty("user.name"),
                        "prompt-ingest-state")
                : Path.of(configured);
    }
}
