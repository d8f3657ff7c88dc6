package org.dallemini.training.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where training begins: one of the two. */
final class ModelBegin {
    @Option(names = "--config", paramLabel = "FILE", description = "config.json of a model to train from scratch.")
    private @Nullable Path config;

    @Option(names = "--from", paramLabel = "MODEL", description = "Model folder to go on from (fine-tuning).")
    private @Nullable Path from;

    @Nullable
    Path config() {
        return config;
    }

    @Nullable
    Path from() {
        return from;
    }
}
