package org.dallemini.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code dallemini train}, which the launcher of a source tree starts itself: its libraries are not of this program.
 */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Trains models, on pictures with captions; runs from the source tree.")
final class TrainCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..*",
            paramLabel = "COMMAND",
            description = "bart, vqgan, encode, captions, evaluate or speed.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() {
        System.err.println("dallemini: training is not part of this installation, for PyTorch alone is larger than all"
                + " of it; run ./dallemini train in a source tree");
        return ExitCode.USAGE;
    }
}
