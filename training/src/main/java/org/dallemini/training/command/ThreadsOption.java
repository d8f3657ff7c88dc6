package org.dallemini.training.command;

import picocli.CommandLine.Option;

/** Of commands that compute. */
final class ThreadsOption {
    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that work at once, a core each (default: one for every core). A run repeats to the"
                    + " bit with the same number.")
    private int threads = Runtime.getRuntime().availableProcessors();

    int threads() {
        return threads;
    }
}
