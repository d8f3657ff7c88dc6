package org.dallemini.ingest.webhooks;

import java.util.function.Consumer;

/** Makes one attempt to deliver. */
interface Sender {
    /**
     * Begins an attempt and returns at once.
     *
     * @param done called once, on any thread, possibly before the call returns
     * @return false if there is no room at present; nothing has begun then
     */
    boolean send(Delivery delivery, Consumer<DeliveryOutcome> done);
}
