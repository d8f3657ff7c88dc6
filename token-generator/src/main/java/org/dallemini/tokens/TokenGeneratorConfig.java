package org.dallemini.tokens;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.events.Lane;
import org.dallemini.filter.FilterSettings;
import org.dallemini.stage.config.ModelSettings;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.footprint.FootprintSettings;
import org.dallemini.tokens.batch.LaneShares;

/** The settings of the token generator: every stage's, and these. */
public final class TokenGeneratorConfig {
    public static final String PRECISION = "bart.precision";
    public static final String BATCH_SIZE = "batch.size";
    public static final String BULK_RESERVED = "bulk.reserved";
    public static final String BULK_SPACING_STEPS = "bulk.spacing.steps";
    public static final String INTERACTIVE_RESERVED = "interactive.reserved";
    public static final String PREVIEW_TOKENS = "preview.tokens";
    public static final String PREVIEW_LANES = "preview.lanes";

    private static final int AUTOMATIC = -1, MAX_BATCH = 1024;

    private final StageConfig stage;

    /** @throws ConfigException if a value is missing, malformed or out of its range */
    public TokenGeneratorConfig(Map<String, String> values) {
        this.stage = new StageConfig(definition(), values);
    }

    public static ConfigDef definition() {
        return FilterSettings.define(FootprintSettings.define(ModelSettings.define(StageConfig.definition())))
                .define(
                        PRECISION,
                        Type.STRING,
                        "auto",
                        ConfigDef.ValidString.in("auto", "fp32", "int8", "int4", "int8_rows"),
                        HIGH,
                        "Arithmetic of the text model's matrix products. fp32 draws what the original draws; int8 and int4 "
                                + "need a quarter and an eighth of the memory and are faster where the processor has "
                                + "instructions for them; int8_rows is faster than int8 with large batches, and slower "
                                + "with one or two images. auto: int8 where it has, else fp32.")
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
                                + "image need not wait long for a place. -1: three quarters of what a full batch allows.")
                .define(
                        PREVIEW_TOKENS,
                        Type.INT,
                        AUTOMATIC,
                        between(AUTOMATIC, 1_000_000),
                        LOW,
                        "After every so many tokens of an image, what there is of it is sent to image-previews, for those "
                                + "who watch. -1: a row of the model's grid (16 for the published models), 0: never.")
                .define(
                        PREVIEW_LANES,
                        Type.LIST,
                        "interactive",
                        ConfigDef.ValidList.in("interactive", "bulk"),
                        LOW,
                        "Lanes whose images are sent there: interactive, bulk.");
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

    /** Of the text model, the automatic choice made. */
    public Precision precision() {
        String precision = stage.getString(PRECISION);
        return precision.equals("auto") ? BartModel.automaticPrecision(model().device()) : Precision.of(precision);
    }

    /** @param imageLength tokens of an image, which fill a square */
    int previewTokens(int imageLength) {
        int tokens = stage.getInt(PREVIEW_TOKENS);
        return tokens == AUTOMATIC ? (int) Math.round(Math.sqrt(imageLength)) : tokens;
    }

    /** Whose images are shown while they are drawn. */
    Set<Lane> previewLanes() {
        return stage.getList(PREVIEW_LANES).stream()
                .map(lane -> Lane.valueOf(lane.toUpperCase(Locale.ROOT)))
                .collect(Collectors.toUnmodifiableSet());
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
