package org.dallemini.training.command;

import org.dallemini.training.data.Problems;
import picocli.CommandLine.Option;

/** Of commands that read a data set. */
final class DamageOption {
    @Option(
            names = "--skip-damaged",
            description = "Tell, count and pass over files of the data set that cannot be used, instead of ending.")
    private boolean skipDamaged;

    Problems problems() {
        return new Problems(skipDamaged, System.err);
    }
}
