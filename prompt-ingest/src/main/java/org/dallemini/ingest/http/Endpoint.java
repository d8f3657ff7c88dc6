package org.dallemini.ingest.http;

import java.io.IOException;

/** What is done with the requests of a {@link Route}. */
@FunctionalInterface
public interface Endpoint {
    /**
     * Runs on a thread of the server, of which there are few: it may ask Kafka or the object store, but whatever takes
     * longer than that belongs into the answer.
     *
     * @throws RefusedRequestException to be answered with its problem
     * @throws IOException if the request does not arrive
     */
    Answer handle(Call call) throws RefusedRequestException, IOException;
}
