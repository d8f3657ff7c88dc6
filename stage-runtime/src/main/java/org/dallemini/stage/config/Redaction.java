package org.dallemini.stage.config;

import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;

/** What may be shown of a setting's value. */
final class Redaction {
    private static final String HIDDEN = "[hidden]";

    /**
     * {@code user:password@} in an address; everything up to the last @ before the path, since people forget to encode.
     */
    private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/,\\s]*@");

    private Redaction() {}

    /** Secrets are hidden as a whole; addresses lose what stands before their host. */
    static String of(String name, String value, ConfigDef definition) {
        if (value.isEmpty()) {
            return value;
        }
        return KeyNames.isSecret(name, definition)
                ? HIDDEN
                : USER_INFO.matcher(value).replaceAll(HIDDEN + "@");
    }
}
