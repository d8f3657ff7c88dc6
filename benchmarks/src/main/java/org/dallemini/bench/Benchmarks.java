package org.dallemini.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code benchmarks/run}. */
@Command(
        name = "benchmarks/run",
        mixinStandardHelpOptions = true,
        description = "Measures DALL·E mini on Kafka on this machine.",
        footer = {"", "Results go to standard output, what is going on to standard error."},
        subcommands = {
            LimitsCommand.class,
            LimitsCommand.Measure.class,
            MeasureModelsCommand.class,
            MeasureModelsCommand.MeasureTokens.class,
            MeasureModelsCommand.MeasureVqgan.class,
            PipelineCommand.class,
            IntakeCommand.class,
            StartCommand.class,
            CeilingCommand.class,
            KernelsCommand.class,
            AllCommand.class
        })
public final class Benchmarks implements Runnable {
    private static final String LOG_LEVEL = "dallemini.log.level";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    public static void main(String[] args) {
        if (System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, "ERROR");
        }
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Benchmarks())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> report(failure));
    }

    private static int report(Exception failure) {
        if (Boolean.getBoolean("benchmarks.trace")) {
            failure.printStackTrace();
        }
        say("benchmarks: " + (failure.getMessage() == null ? failure : failure.getMessage()));
        return 1;
    }

    /** What is going on, for who waits. */
    static void say(String message) {
        System.err.println(message);
    }
}
