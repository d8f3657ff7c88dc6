package org.dallemini.images;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.filter.FilterSettings;
import org.dallemini.objects.S3Config;
import org.dallemini.objects.S3Settings;
import org.dallemini.stage.config.ModelSettings;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.footprint.FootprintSettings;
import org.jspecify.annotations.Nullable;

/** The settings of the image decoder: those of every stage, and its own. */
public final class ImageDecoderConfig {
    public static final String PRECISION = "vqgan.precision";

    public static final String QUARANTINE = "filter.image.quarantine";
    public static final String QUARANTINE_RETENTION_MS = "filter.image.quarantine.retention.ms";

    /** Both threads that judge images, and the one that empties the bucket. */
    private static final int S3_CONNECTIONS = 3;

    private final StageConfig stage;

    /** @throws org.apache.kafka.common.config.ConfigException if a value is missing, malformed or out of its range */
    public ImageDecoderConfig(Map<String, String> values) {
        this.stage = new StageConfig(definition(), values);
        quarantine().ifPresent(this::check);
    }

    private void check(S3Settings quarantine) {
        if (quarantine.bucket().equals(stage.getString(S3Config.BUCKET))) {
            throw new ConfigException(
                    QUARANTINE, quarantine.bucket(), "is " + S3Config.BUCKET + " too: give a bucket of its own");
        }
    }

    public static ConfigDef definition() {
        return S3Config.addOptionalTo(
                        FilterSettings.define(FootprintSettings.define(ModelSettings.define(StageConfig.definition()))))
                .define(
                        QUARANTINE,
                        Type.STRING,
                        "",
                        LambdaValidator.with(ImageDecoderConfig::checkQuarantine, () -> "name of a bucket"),
                        MEDIUM,
                        "Bucket in which pictures that the image filter refuses are kept for who has to judge them, on"
                                + " the server of s3.endpoint. Not s3.bucket. Empty: they are not kept.")
                .define(
                        QUARANTINE_RETENTION_MS,
                        Type.LONG,
                        Duration.ofDays(7).toMillis(),
                        ConfigDef.Range.atLeast(1L),
                        LOW,
                        "How long a picture is kept there.")
                .define(
                        PRECISION,
                        Type.STRING,
                        "auto",
                        ConfigDef.ValidString.in("auto", "fp32", "int8"),
                        HIGH,
                        "Arithmetic of the VQGAN's convolutions. fp32 gives the pixels that the original gives; int8 "
                                + "needs a quarter of the memory. auto: fp32.");
    }

    public StageConfig stage() {
        return stage;
    }

    public ModelSettings model() {
        return new ModelSettings(stage);
    }

    public FilterSettings filter() {
        return new FilterSettings(stage);
    }

    private static void checkQuarantine(String name, @Nullable Object value) {
        if (value != null && !value.equals("")) {
            S3Config.checkBucket(name, value);
        }
    }

    /**
     * The bucket of refused pictures; empty if they are not kept.
     *
     * @throws ConfigException if there are no keys for it, or the certificates to trust cannot be read
     */
    Optional<S3Settings> quarantine() {
        String bucket = stage.getString(QUARANTINE);
        if (bucket.isEmpty()) {
            return Optional.empty();
        }
        if (!S3Config.isSet(stage)) {
            throw new ConfigException(
                    QUARANTINE + " needs " + S3Config.ACCESS_KEY + " and " + S3Config.SECRET_KEY + " of the bucket");
        }
        return Optional.of(S3Config.read(stage, bucket, S3_CONNECTIONS));
    }

    Duration quarantineRetention() {
        return Duration.ofMillis(stage.getLong(QUARANTINE_RETENTION_MS));
    }

    /** Of the VQGAN, the automatic choice made. */
    public Precision precision() {
        String precision = stage.getString(PRECISION);
        return precision.equals("auto") ? Precision.FP32 : Precision.of(precision);
    }
}
