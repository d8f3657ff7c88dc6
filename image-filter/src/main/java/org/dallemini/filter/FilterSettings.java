package org.dallemini.filter;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.stage.config.FilterMode;

/** The settings of the image filter, for every process that pictures come out of or go into. */
public final class FilterSettings {
    public static final String MODE = "filter.image";
    public static final String FLAG_ABOVE = "filter.image.flag.above";
    public static final String REFUSE_ABOVE = "filter.image.refuse.above";

    private final AbstractConfig config;

    /** @param config of a definition that was given to {@link #define} */
    public FilterSettings(AbstractConfig config) {
        this.config = config;
    }

    /** Where nothing else is configured. */
    public static FilterSettings of(Map<String, String> values) {
        return new FilterSettings(new AbstractConfig(define(new ConfigDef()), values, false));
    }

    public static ConfigDef define(ConfigDef definition) {
        return definition
                .define(
                        MODE,
                        Type.STRING,
                        FilterMode.REFUSE.key(),
                        FilterMode.VALIDATOR,
                        HIGH,
                        "What is done with pictures that a classifier takes for sexual. refuse: those at or above "
                                + REFUSE_ABOVE + " are not published, those at or above " + FLAG_ABOVE
                                + " are and carry a mark. flag: all are published, those at or above either with a "
                                + "mark. off: nothing looks at them.")
                .define(
                        FLAG_ABOVE,
                        Type.LIST,
                        List.of("hentai:0.5", "porn:0.5", "sexy:0.7"),
                        ConfigDef.LambdaValidator.with(FilterSettings::checkThresholds, () -> "class:0.5,…"),
                        MEDIUM,
                        "From which score on a picture is marked, by class: drawing, hentai, neutral, porn, sexy. A class "
                                + "that is not named never counts.")
                .define(
                        REFUSE_ABOVE,
                        Type.LIST,
                        List.of("hentai:0.9", "porn:0.9"),
                        ConfigDef.LambdaValidator.with(FilterSettings::checkThresholds, () -> "class:0.9,…"),
                        MEDIUM,
                        "From which score on a picture is refused, by class.");
    }

    private static void checkThresholds(String name, Object value) {
        try {
            Thresholds.parse(entries(value));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name, value, e.getMessage());
        }
    }

    private static List<String> entries(Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    public FilterMode mode() {
        return FilterMode.of(config.getString(MODE));
    }

    Thresholds flagAbove() {
        return Thresholds.parse(config.getList(FLAG_ABOVE));
    }

    Thresholds refuseAbove() {
        return Thresholds.parse(config.getList(REFUSE_ABOVE));
    }
}
