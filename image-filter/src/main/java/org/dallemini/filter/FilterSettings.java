package org.dallemini.filter;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.clip.Clip;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.model.ModelHome;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.stage.config.FilterMode;
import org.dallemini.stage.config.ModelSettings;

/** The settings of the image filter, for every process that pictures come out of or go into. */
public final class FilterSettings {
    public static final String MODE = "filter.image";
    public static final String FLAG_ABOVE = "filter.image.flag.above";
    public static final String REFUSE_ABOVE = "filter.image.refuse.above";
    public static final String CLIP = "filter.image.clip";
    public static final String CONCEPTS = "filter.image.concepts";

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
                        "From which score on a picture is refused, by class.")
                .define(
                        CLIP,
                        Type.STRING,
                        "",
                        MEDIUM,
                        "A CLIP that looks at each picture for the concepts of filter.image.concepts, too: the name of one "
                                + "that 'dallemini models pull clip' has fetched, or a folder. Empty: none.")
                .define(
                        CONCEPTS,
                        Type.STRING,
                        "",
                        LOW,
                        "File with a policy of concepts for that CLIP. Empty: the one that is shipped.");
    }

    /** Who looks for concepts; empty if nobody does. */
    Optional<ConceptJudge> concepts() {
        String clip = config.getString(CLIP);
        if (clip.isEmpty()) {
            return Optional.empty();
        }
        String file = config.getString(CONCEPTS);
        ConceptPolicy policy = file.isEmpty() ? ConceptPolicy.shipped() : ConceptPolicy.read(Path.of(file));
        try {
            Path folder = clip.contains("/")
                    ? Path.of(clip)
                    : ModelHome.of(other(ModelSettings.MODELS_DIR)).folder(clip).resolve("clip");
            return Optional.of(new ConceptJudge(
                    Clip.open(folder, ModelCache.of(other(ModelSettings.MODEL_CACHE)), new Sessions(1)), policy));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the CLIP " + clip + ": " + e.getMessage(), e);
        }
    }

    /** A setting of the models, where there are those. */
    private String other(String name) {
        return String.valueOf(config.originals().getOrDefault(name, ""));
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
