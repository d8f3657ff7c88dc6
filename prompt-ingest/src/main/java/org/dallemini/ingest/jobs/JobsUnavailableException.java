package org.dallemini.ingest.jobs;

/** The state of the jobs cannot be asked for at present: the process starts, or waits an outage out. */
public final class JobsUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JobsUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
