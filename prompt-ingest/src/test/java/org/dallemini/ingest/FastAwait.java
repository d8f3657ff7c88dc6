package org.dallemini.ingest;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Awaitility for unit tests: looks every 10 ms, not every 100. */
public final class FastAwait {
    private FastAwait() {}

    public static ConditionFactory await() {
        return Awaitility.await().pollInterval(Duration.ofMillis(10));
    }
}
