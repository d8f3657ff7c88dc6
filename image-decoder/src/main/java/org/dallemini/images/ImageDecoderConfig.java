package org.dallemini.images;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.NO_DEFAULT_VALUE;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;

import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.dallemini.model.ModelHome;
import org.dallemini.model.session.SessionSettings;
import org.dallemini.stage.config.StageConfig;

/** The settings of the image decoder: those of every stage, and its own. */
public final class ImageDecoderConfig {
    public static final String MODEL = "model";
    public static final String MODEL_CACHE = "model.cache";
    public static final String THREADS = "threads";
    public static final String SPINNING = "spinning";

    private final StageConfig stage;

    /** @throws org.apache.kafka.common.config.ConfigException if a value is missing, malformed or out of its range */
    public ImageDecoderConfig(Map<String, String> values) {
        this.stage = new StageConfig(definition(), values);
    }

    /** A fresh copy of the settings with their types, ranges, defaults and descriptions. */
    public static ConfigDef definition() {
        return StageConfig.definition()
                .define(
                        MODEL,
                        Type.STRING,
                        NO_DEFAULT_VALUE,
                        new NonEmptyString(),
                        HIGH,
                        "Folder of the model, which holds dalle-bart/ and vqgan/. The image decoder reads vqgan/ only.")
                .define(
                        MODEL_CACHE,
                        Type.STRING,
                        "",
                        MEDIUM,
                        "Folder for prepared graphs; about as large as the model in float32. Empty: dallemini in the "
                                + "user's folder for caches (XDG_CACHE_HOME, else ~/.cache).")
                .define(
                        THREADS,
                        Type.INT,
                        0,
                        atLeast(0),
                        MEDIUM,
                        "Threads that the model calculates with. 0: as many as there are processors.")
                .define(
                        SPINNING,
                        Type.BOOLEAN,
                        false,
                        LOW,
                        "Whether the model's threads wait for work in a busy loop: a little faster where nothing else "
                                + "wants the processors.");
    }

    /** The settings that every stage has. */
    public StageConfig stage() {
        return stage;
    }

    /** The model folder. */
    public Path model() {
        return ModelHome.of(stage.originalsStrings().getOrDefault(ModelHome.SETTING, ""))
                .resolve(stage.getString(MODEL));
    }

    /** The folder of prepared graphs. */
    public Path modelCache() {
        String configured = stage.getString(MODEL_CACHE);
        if (!configured.isEmpty()) {
            return Path.of(configured);
        }
        String caches = System.getenv("XDG_CACHE_HOME");
        return caches == null || caches.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache", "dallemini")
                : Path.of(caches, "dallemini");
    }

    /** How the model uses the processors. */
    public SessionSettings sessions() {
        int threads = stage.getInt(THREADS);
        return new SessionSettings(
                threads == 0 ? Runtime.getRuntime().availableProcessors() : threads, stage.getBoolean(SPINNING));
    }
}
