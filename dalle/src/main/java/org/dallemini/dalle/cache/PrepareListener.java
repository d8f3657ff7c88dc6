package org.dallemini.dalle.cache;

/** Told how far the preparation of a graph, or the writing of a checkpoint, is; called in the thread that does it. */
@FunctionalInterface
public interface PrepareListener {
    PrepareListener NONE = (subject, done, total) -> {};

    /**
     * @param subject name of the graph or checkpoint
     * @param done bytes written
     * @param total bytes in all; may be 0
     */
    void progress(String subject, long done, long total);
}
