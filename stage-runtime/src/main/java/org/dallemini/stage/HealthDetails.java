package org.dallemini.stage;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the stage is waiting for at present, one line each; logs when that changes, not at every attempt. Thread-safe.
 */
final class HealthDetails {
    /** Where trouble can come from. */
    enum Source {
        NAMES,
        TOPICS,
        INPUT_SCHEMA,
        OUTPUT_SCHEMA,
        COMMIT
    }

    private static final Logger log = LoggerFactory.getLogger(Stage.class);

    private final String stage;
    private final Map<Source, String> current = new ConcurrentSkipListMap<>();

    HealthDetails(String stage) {
        this.stage = stage;
    }

    void report(Source source, String detail) {
        if (!detail.equals(current.put(source, detail))) {
            log.warn("{} waits: {}", stage, detail);
        }
    }

    void clear(Source source) {
        if (current.remove(source) != null) {
            log.info("{} carries on", stage);
        }
    }

    String detail() {
        return String.join("; ", current.values());
    }
}
