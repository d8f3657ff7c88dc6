package org.dallemini.storage;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.objects.S3Config;
import org.dallemini.objects.S3Settings;
import org.dallemini.renditions.Renditions;
import org.dallemini.stage.config.StageConfig;

/** The settings of the storage sink: every stage's, {@link S3Config}'s, and these. */
public final class StorageSinkConfig {
    public static final String OBJECT_KEY_TEMPLATE = "object.key.template";
    public static final String SIDECAR = "sidecar";
    public static final String UPSCALE_MODEL = "upscale.model";
    public static final String PARALLEL_UPLOADS = "parallel.uploads";

    private final StageConfig stage;

    /** @throws ConfigException if a value is missing, malformed or out of its range */
    public StorageSinkConfig(Map<String, String> values) {
        this.stage = new StageConfig(definition(), values);
        try {
            UploadPlan.check(template(), sidecars());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(SIDECAR + ": " + e.getMessage());
        }
    }

    public static ConfigDef definition() {
        return S3Config.addTo(StageConfig.definition())
                .define(
                        OBJECT_KEY_TEMPLATE,
                        ConfigDef.Type.STRING,
                        ObjectKeyTemplate.DEFAULT,
                        LambdaValidator.with(StorageSinkConfig::checkTemplate, () -> "template of object keys"),
                        HIGH,
                        "Key of an image's object. Placeholders: {job}, {prompt}, {index}, {image} (short for"
                                + " {prompt}/{index}), {seed}, {date:yyyy/MM/dd} (of the prompt's record, UTC). Must"
                                + " give every image a key of its own.")
                .define(
                        SIDECAR,
                        ConfigDef.Type.BOOLEAN,
                        false,
                        MEDIUM,
                        "Whether to write a JSON object with all that is known of an image beside it, under its key"
                                + " followed by .json.")
                .define(
                        UPSCALE_MODEL,
                        ConfigDef.Type.STRING,
                        "",
                        LOW,
                        "ONNX file of a network that enlarges images for those who ask for other sizes: one input of 1 x"
                                + " 3 x height x width numbers from 0 to 1, and a larger output of the same kind."
                                + " Empty: the built-in upscaler.")
                .define(
                        PARALLEL_UPLOADS,
                        ConfigDef.Type.INT,
                        8,
                        between(1, 256),
                        LOW,
                        "Images that are written at the same time.");
    }

    private static void checkTemplate(String name, Object value) {
        try {
            ObjectKeyTemplate.parse(String.valueOf(value));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name + ": " + e.getMessage());
        }
    }

    public StageConfig stage() {
        return stage;
    }

    public S3Settings s3() {
        return S3Config.read(
                stage, parallelUploads() + 1 + FileRemover.PARALLEL); // and one for the first look at the bucket
    }

    private ObjectKeyTemplate template() {
        return ObjectKeyTemplate.parse(stage.getString(OBJECT_KEY_TEMPLATE));
    }

    private boolean sidecars() {
        return stage.getBoolean(SIDECAR);
    }

    /**
     * Opens the upscaler too.
     *
     * @throws ConfigException if it cannot be opened
     */
    UploadPlan plan() {
        try {
            return new UploadPlan(
                    template(), sidecars(), new OutputFiles(Renditions.of(stage.getString(UPSCALE_MODEL))));
        } catch (IOException | InvalidPathException e) {
            throw new ConfigException(UPSCALE_MODEL + ": " + e.getMessage());
        }
    }

    int parallelUploads() {
        return stage.getInt(PARALLEL_UPLOADS);
    }
}
