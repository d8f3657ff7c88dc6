package org.dallemini.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How often a record may have been set aside and still be sent back. */
final class ReplayLimit {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    private int maxAttempts;

    @Option(
            names = "--max-attempts",
            paramLabel = "N",
            defaultValue = "3",
            description = "Leave those that have been set aside N times (default: ${DEFAULT-VALUE}).")
    void setMaxAttempts(int attempts) {
        if (attempts < 1) {
            throw new ParameterException(command.commandLine(), "--max-attempts is " + attempts + "; give 1 or more");
        }
        maxAttempts = attempts;
    }

    int maxAttempts() {
        return maxAttempts;
    }
}
