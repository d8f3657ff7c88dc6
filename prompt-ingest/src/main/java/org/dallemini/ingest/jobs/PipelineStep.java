package org.dallemini.ingest.jobs;

/** How far an image has got, from the first to the last; the order counts. */
enum PipelineStep {
    /** It is not known that anybody has asked for it. */
    NONE,
    REQUESTED,
    DRAWN,
    DECODED,
    STORED
}
