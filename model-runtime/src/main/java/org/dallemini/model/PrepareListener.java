package org.dallemini.model;

/** Told how far the preparation of a graph is; called in the thread that prepares, after every array. */
@FunctionalInterface
public interface PrepareListener {
    PrepareListener NONE = (graph, done, total) -> {};

    /**
     * @param graph name of the graph
     * @param done bytes of weights written
     * @param total bytes of weights in all; may be 0
     */
    void progress(String graph, long done, long total);
}
