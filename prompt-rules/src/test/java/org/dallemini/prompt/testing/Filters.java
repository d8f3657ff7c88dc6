package org.dallemini.prompt.testing;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.dallemini.policy.PromptFilter;
import org.dallemini.policy.PromptFilterSettings;

/** Prompt filters for tests. */
public final class Filters {
    /** Refused by the shipped policy, as {@code gore}. */
    public static final String REFUSED = "a picture of gore";

    /** Flagged by the shipped policy, as {@code violence}. */
    public static final String FLAGGED = "a bloody nose";

    private Filters() {}

    /** As it is without any setting. */
    public static Optional<PromptFilter> shipped() {
        var config = new AbstractConfig(PromptFilterSettings.define(new ConfigDef()), Map.of(), false);
        return PromptFilter.of(new PromptFilterSettings(config), PromptFilter.Door.INTAKE, new SimpleMeterRegistry());
    }
}
