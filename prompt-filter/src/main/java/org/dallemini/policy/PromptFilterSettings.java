package org.dallemini.policy;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.stage.config.FilterMode;

/** The settings of the prompt filter. */
public final class PromptFilterSettings {
    public static final String MODE = "filter.prompt";
    public static final String POLICY = "filter.prompt.policy";

    private final AbstractConfig config;

    /** @param config of a definition that was given to {@link #define} */
    public PromptFilterSettings(AbstractConfig config) {
        this.config = config;
    }

    public static ConfigDef define(ConfigDef definition) {
        return definition
                .define(
                        MODE,
                        Type.STRING,
                        FilterMode.REFUSE.key(),
                        FilterMode.VALIDATOR,
                        HIGH,
                        "What is done with prompts that the policy takes for unwelcome. refuse: those of its categories "
                                + "that say so are not drawn, those of its other categories are and carry a mark. flag: "
                                + "all are drawn, those of any category with a mark. off: nothing judges them.")
                .define(
                        POLICY,
                        Type.STRING,
                        "",
                        MEDIUM,
                        "File of a policy of one's own. Empty: the one that is shipped.");
    }

    /** What is done with what the policy takes for unwelcome. */
    public FilterMode mode() {
        return FilterMode.of(config.getString(MODE));
    }

    Policy policy() {
        String file = config.getString(POLICY);
        try {
            return file.isEmpty() ? Policy.shipped() : Policy.read(Path.of(file));
        } catch (IOException | IllegalArgumentException e) {
            String message = e instanceof InvalidPathException || e instanceof IOException
                    ? "cannot be read: " + e
                    : String.valueOf(e.getMessage());
            throw new ConfigException(POLICY, file, message);
        }
    }
}
