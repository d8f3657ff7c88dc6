package org.dallemini.images;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.filter.FilterSettings;
import org.dallemini.stage.config.ModelSettings;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.footprint.FootprintSettings;

/** The settings of the image decoder: those of every stage, and its own. */
public final class ImageDecoderConfig {
    public static final String PRECISION = "vqgan.precision";

    private final StageConfig stage;

    /** @throws org.apache.kafka.common.config.ConfigException if a value is missing, malformed or out of its range */
    public ImageDecoderConfig(Map<String, String> values) {
        this.stage = new StageConfig(definition(), values);
    }

    public static ConfigDef definition() {
        return FilterSettings.define(FootprintSettings.define(ModelSettings.define(StageConfig.definition())))
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

    /** Of the VQGAN, the automatic choice made. */
    public Precision precision() {
        String precision = stage.getString(PRECISION);
        return precision.equals("auto") ? Precision.FP32 : Precision.of(precision);
    }
}
