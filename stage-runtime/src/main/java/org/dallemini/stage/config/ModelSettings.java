package org.dallemini.stage.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/** The settings that the stages with a model have in common. */
public final class ModelSettings {
    public static final String MODEL = "model";
    public static final String MODELS_DIR = "models.dir";
    public static final String MODEL_CACHE = "model.cache";
    public static final String DEVICE = "device";
    public static final String THREADS = "threads";
    public static final String SPINNING = "spinning";

    private final AbstractConfig config;

    /** @param config of a definition that was given to {@link #define} */
    public ModelSettings(AbstractConfig config) {
        this.config = config;
    }

    /** Adds the settings to those of a stage. */
    public static ConfigDef define(ConfigDef definition) {
        return definition
                .define(
                        MODEL,
                        Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        new NonEmptyString(),
                        HIGH,
                        "Name of a model that 'dallemini models pull' has fetched, or a folder with dalle-bart/ and vqgan/ "
                                + "in it as they were published. The image decoder needs vqgan/ only.")
                .define(
                        MODELS_DIR,
                        Type.STRING,
                        "",
                        MEDIUM,
                        "Folder of the models that have a name. Empty: dallemini/models in the user's folder for data "
                                + "(XDG_DATA_HOME, else ~/.local/share).")
                .define(
                        MODEL_CACHE,
                        Type.STRING,
                        "",
                        HIGH,
                        "Folder for what is prepared from models at the first start; needs as much room as the models in "
                                + "float32. May be shared by processes. Empty: dallemini in the user's folder for caches "
                                + "(XDG_CACHE_HOME, else ~/.cache).")
                .define(
                        DEVICE,
                        Type.STRING,
                        "cpu",
                        ConfigDef.LambdaValidator.with(ModelSettings::checkDevice, () -> "cpu or cuda:N"),
                        MEDIUM,
                        "Where the model calculates: cpu, or cuda:N for the graphics processor of that number (from 0); "
                                + "that takes a build with the Maven profile cuda, see docs/models.md.")
                .define(
                        THREADS,
                        Type.INT,
                        0,
                        between(0, 1024),
                        MEDIUM,
                        "Threads of one computation. 0: as many as there are processors. Where two stages share a "
                                + "machine, give each its part.")
                .define(
                        SPINNING,
                        Type.BOOLEAN,
                        false,
                        LOW,
                        "Whether threads wait for work in a busy loop. A little faster, but it takes the processors from "
                                + "everything else.");
    }

    private static void checkDevice(String name, Object value) {
        if (!String.valueOf(value).matches("cpu|cuda:\\d{1,3}")) {
            throw new ConfigException(name, value, "use cpu, or cuda:0 for the first graphics processor");
        }
    }

    public String model() {
        return config.getString(MODEL);
    }

    /** Folder of the models that have a name; empty for the user's own. */
    public String modelsDir() {
        return config.getString(MODELS_DIR);
    }

    /** Folder of prepared graphs; empty for the default. */
    public String cache() {
        return config.getString(MODEL_CACHE);
    }

    /** Where the model calculates: {@code cpu} or {@code cuda:N}. */
    public String device() {
        return config.getString(DEVICE);
    }

    /** Threads of one computation, at least 1. */
    public int threads() {
        int threads = config.getInt(THREADS);
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** Whether threads wait for work in a busy loop. */
    public boolean spinning() {
        return config.getBoolean(SPINNING);
    }
}
