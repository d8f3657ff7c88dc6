package org.dallemini.chaos;

/** What a process must not use up. */
enum Vital {
    HEAP_AFTER_GC("heap after GC", "MB", 4),
    DIRECT_BUFFERS("direct buffers", "MB", 2),
    /** As the JVM's own accounts have it (Native Memory Tracking), without heap and class data. */
    JVM_NATIVE("JVM's native memory", "MB", 12),
    /** All pages in memory, those of ONNX Runtime and RocksDB included; the allocator keeps what it may need again. */
    RESIDENT("resident memory", "MB", 48),
    THREADS("threads", "", 3),
    /** Without those of RocksDB's tables. */
    FILE_HANDLES("file handles", "", 6);

    private final String text;
    private final String unit;
    private final double tolerance;

    Vital(String text, String unit, double tolerance) {
        this.text = text;
        this.unit = unit;
        this.tolerance = tolerance;
    }

    String text() {
        return unit.isEmpty() ? text : text + " (" + unit + ")";
    }

    /**
     * What it may grow by in the second half of a run, however long that is: the noise that a pipeline without leaks
     * showed, and half as much again.
     */
    double tolerance() {
        return tolerance;
    }
}
