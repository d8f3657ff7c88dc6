package org.dallemini.ingest.api;

import org.dallemini.ingest.http.RefusedRequestException;

/** Brings a submission into the pipeline. */
public interface JobPublisher extends AutoCloseable {
    /**
     * Returns when all of it is safe.
     *
     * @throws RefusedRequestException if that could not be had in time; some of it may be there then
     */
    void publish(Submission submission) throws RefusedRequestException;

    @Override
    void close();
}
