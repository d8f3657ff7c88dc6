package org.dallemini.bench.pipeline;

/** What a run of the pipeline gave. */
public interface PipelineResult {

    /** For people. */
    String table();
}
