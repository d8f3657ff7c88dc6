package org.dallemini.stage.config;

import java.util.Arrays;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigDef;

/** What a filter does with what it finds unwelcome. */
public enum FilterMode {
    /** Nothing is judged. */
    OFF,
    /** All goes on; what was found carries a mark. */
    FLAG,
    /** The worst does not go on. */
    REFUSE;

    /** Of a setting that holds one. */
    public static final ConfigDef.Validator VALIDATOR = ConfigDef.ValidString.in(
            Arrays.stream(values()).map(FilterMode::key).toArray(String[]::new));

    /** As it is written in settings. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one that is written so. */
    public static FilterMode of(String key) {
        return valueOf(key.toUpperCase(Locale.ROOT));
    }
}
