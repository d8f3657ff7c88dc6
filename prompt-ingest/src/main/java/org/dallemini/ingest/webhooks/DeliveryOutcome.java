package org.dallemini.ingest.webhooks;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How an attempt to deliver has ended. */
sealed interface DeliveryOutcome {
    /** The receiver has it. */
    record Delivered() implements DeliveryOutcome {}

    /**
     * Not this time.
     *
     * @param why for people
     * @param retryAfter what the receiver asked for; null if it said nothing
     */
    record Failed(String why, @Nullable Duration retryAfter) implements DeliveryOutcome {}

    /** The receiver wants no more of it. */
    record Gone() implements DeliveryOutcome {}
}
