package org.dallemini.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * {@code dallemini train}, which the launcher of a source tree starts itself: its libraries are not of this program.
 */
@Command(name = "train", description = "Trains models, from the source tree; 'dallemini train --help' tells how.")
final class TrainCommand implements Callable<Integer> {
    @Unmatched
    private List<String> arguments = List.of();

    @Override
    public Integer call() {
        System.err.println("dallemini: training is not part of this installation, for PyTorch alone is larger than all"
                + " of it; run ./dallemini train in a source tree");
        return ExitCode.USAGE;
    }
}
