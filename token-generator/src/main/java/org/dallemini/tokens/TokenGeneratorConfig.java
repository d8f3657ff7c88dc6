package org.dallemini.tokens;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.model.ModelHome;
import org.dallemini.model.session.SessionSettings;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.tokens.batch.LaneShares;

/** The settings of the token generator: every stage's, and these. */
public final class TokenGeneratorConfig {
    public static final String MODEL = "model";
    public static final String MODEL_CACHE = "model.cache";
    public static final String THREADS = "threads";
    public static final String SPINNING = "spinning";
    public static final String BATCH_SIZE = "batch.size";
    public static final String BULK_RESERVED = "bulk.reserved";
    public static final String BULK_SPACING_STEPS = "bulk.spacing.steps";
    public static final String INTERACTIVE_RESERVED = "interactive.reserved";

    private static final int AUTOMATIC = -1, MAX_BATCH = 1024;

    private final StageConfig stage;

    /** @throws ConfigException if a value is missing, malformed or out of its range */
    public TokenGeneratorConfig(Map<String, String> values) {
        this.stage = new StageConfig(definition(), values);
    }

    /** All settings of the token generator. */
    public static ConfigDef definition() {
        return StageConfig.definition()
                .define(
                        MODEL,
                        Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        new NonEmptyString(),
                        HIGH,
                        "Folder of the model, with dalle-bart/ and vqgan/ in it as they were published.")
                .define(
                        MODEL_CACHE,
                        Type.STRING,
                        "",
                        HIGH,
                        "Folder for what is prepared from models at the first start; needs as much room as the models in "
                                + "float32. May be shared by processes. Empty: .cache/dallemini in the user's home.")
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
                                + "everything else.")
                .define(
                        BATCH_SIZE,
                        Type.INT,
                        AUTOMATIC,
                        between(AUTOMATIC, MAX_BATCH),
                        HIGH,
                        "Images that are drawn at a time. More are faster in all, and each is slower. -1: 8 for each "
                                + "processor, from 8 to 32, but no more than half of the memory allows.")
                .define(
                        BULK_RESERVED,
                        Type.INT,
                        AUTOMATIC,
                        between(AUTOMATIC, MAX_BATCH),
                        MEDIUM,
                        "Of the batch, what bulk images get even while interactive ones wait. -1: an eighth.")
                .define(
                        INTERACTIVE_RESERVED,
                        Type.INT,
                        0,
                        between(0, MAX_BATCH),
                        MEDIUM,
                        "Of the batch, what bulk images never take, so that an interactive image need not wait for one to "
                                + "end. Idle while there are only bulk images.")
                .define(
                        BULK_SPACING_STEPS,
                        Type.INT,
                        AUTOMATIC,
                        between(AUTOMATIC, 1_000_000),
                        LOW,
                        "Steps between the starts of two bulk images, so that not all end together and an interactive "
                                + "image need not wait long for a place. -1: three quarters of what a full batch allows.");
    }

    /** The settings that every stage has. */
    public StageConfig stage() {
        return stage;
    }

    /** Folder of the model. */
    public Path model() {
        return ModelHome.of(stage.originalsStrings().getOrDefault(ModelHome.SETTING, ""))
                .resolve(stage.getString(MODEL));
    }

    /** Folder of prepared graphs. */
    public Path modelCache() {
        String folder = stage.getString(MODEL_CACHE);
        return folder.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache", "dallemini") : Path.of(folder);
    }

    SessionSettings sessions() {
        int threads = stage.getInt(THREADS);
        return new SessionSettings(
                threads == 0 ? Runtime.getRuntime().availableProcessors() : threads, stage.getBoolean(SPINNING));
    }

    /**
     * @param automaticSlots used if no batch size is set
     * @param steps that an image takes
     * @throws ConfigException if the settings contradict each other
     */
    LaneShares shares(int automaticSlots, int steps) {
        int slots = stage.getInt(BATCH_SIZE);
        if (slots == 0) {
            throw new ConfigException(BATCH_SIZE, slots, "use at least 1, or -1 for an automatic choice");
        }
        if (slots == AUTOMATIC) {
            slots = automaticSlots;
        }
        int bulk = stage.getInt(BULK_RESERVED);
        int interactive = stage.getInt(INTERACTIVE_RESERVED);
        int spacing = stage.getInt(BULK_SPACING_STEPS);
        try {
            return new LaneShares(
                    slots,
                    bulk == AUTOMATIC ? Math.min((slots + 7) / 8, Math.max(0, slots - 1 - interactive)) : bulk,
                    interactive,
                    spacing == AUTOMATIC ? 3 * steps / (4 * slots) : spacing);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    BATCH_SIZE + ", " + BULK_RESERVED + ", " + INTERACTIVE_RESERVED + ": " + e.getMessage());
        }
    }
}
