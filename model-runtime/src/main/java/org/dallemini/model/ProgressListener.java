package org.dallemini.model;

/** Told how far some long work is; called in the thread that works, after every array. */
@FunctionalInterface
public interface ProgressListener {
    ProgressListener NONE = (subject, done, total) -> {};

    /**
     * @param subject name of the graph or checkpoint
     * @param done bytes written
     * @param total bytes in all; may be 0
     */
    void progress(String subject, long done, long total);
}
