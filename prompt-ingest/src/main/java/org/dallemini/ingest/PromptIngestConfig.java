package org.dallemini.ingest;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.ingest.webhooks.WebhookSettings;
import org.dallemini.objects.PresignedUrls;
import org.dallemini.objects.S3Config;
import org.dallemini.objects.S3Settings;
import org.dallemini.policy.PromptFilter;
import org.dallemini.policy.PromptFilterSettings;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.stage.config.FilterMode;
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
    public static final String IMAGE_RETENTION_MS = "image.retention.ms";
    public static final String GALLERY_IMAGES = "gallery.images";
    public static final String PREVIEW_DECODER_URLS = "preview.decoder.urls";
    public static final String STATE_DIR = "state.dir";
    public static final String STREAM_THREADS = "stream.threads";
    public static final String COMMIT_INTERVAL_MS = "commit.interval.ms";
    public static final String BULK_COMMIT_INTERVAL_MS = "bulk.commit.interval.ms";

    private static final int S3_CONNECTIONS = 16;

    private final StageConfig stage;

    /** @throws ConfigException if a value is missing, malformed or out of its range */
    public PromptIngestConfig(Map<String, String> values) {
        this.stage = new StageConfig(definition(), values);
    }

    /** All settings of the prompt ingest. */
    public static ConfigDef definition() {
        return WebhookSettings.addTo(addGalleryTo(ApiSettings.addTo(S3Config.addPublicEndpointTo(
                        S3Config.addOptionalTo(PromptFilterSettings.define(addLimitsTo(StageConfig.definition())))))))
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
                        IMAGE_RETENTION_MS,
                        ConfigDef.Type.LONG,
                        0L,
                        atLeast(0L),
                        MEDIUM,
                        "How long images are kept after the last change of their job; then they are deleted, and stay so."
                                + " Jobs are kept as long at least. 0: for ever.")
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

    private static ConfigDef addGalleryTo(ConfigDef definition) {
        return definition
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

    /**
     * Checks prompts, and judges them as configured.
     *
     * @throws ConfigException if the policy cannot be read
     */
    PromptValidator validator(PromptFilter.Door door, MeterRegistry meters) {
        return validator(promptFilter(), door, meters);
    }

    /** The same with another mode of the filter. */
    PromptValidator validator(FilterMode mode, PromptFilter.Door door, MeterRegistry meters) {
        return new PromptValidator(limits(), PromptFilter.of(new PromptFilterSettings(stage), mode, door, meters));
    }

    /** What is done with prompts that the policy takes for unwelcome. */
    FilterMode promptFilter() {
        return new PromptFilterSettings(stage).mode();
    }

    /** Of the HTTP API. */
    public ApiSettings api() {
        return ApiSettings.read(stage);
    }

    /** How many of the newest images the gallery knows. */
    int galleryImages() {
        return stage.getInt(GALLERY_IMAGES);
    }

    /** Who makes pictures of images that are being drawn; empty: nobody. */
    public List<URI> previewDecoders() {
        return stage.getList(PREVIEW_DECODER_URLS).stream().map(URI::create).toList();
    }

    int streamThreads() {
        return stage.getInt(STREAM_THREADS);
    }

    Duration commitInterval() {
        return Duration.ofMillis(stage.getLong(COMMIT_INTERVAL_MS));
    }

    Duration bulkCommitInterval() {
        return Duration.ofMillis(stage.getLong(BULK_COMMIT_INTERVAL_MS));
    }

    Duration dedupeRetention() {
        return Duration.ofMillis(stage.getLong(DEDUPE_RETENTION_MS));
    }

    /** How long a completed job is kept. */
    public Duration jobRetention() {
        return Duration.ofMillis(stage.getLong(JOB_RETENTION_MS));
    }

    /** How long images are kept; zero for ever. */
    public Duration imageRetention() {
        return Duration.ofMillis(stage.getLong(IMAGE_RETENTION_MS));
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
