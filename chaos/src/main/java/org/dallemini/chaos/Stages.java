package org.dallemini.chaos;

import java.util.Map;

/** One of each stage, running. */
interface Stages extends AutoCloseable {
    /** Where each serves {@code /livez}, {@code /readyz} and {@code /metrics} on loopback. */
    Map<StageKind, Integer> managementPorts();

    @Override
    void close();
}
