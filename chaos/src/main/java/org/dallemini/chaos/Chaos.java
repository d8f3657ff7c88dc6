package org.dallemini.chaos;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code chaos/run}. */
@Command(
        name = "chaos/run",
        mixinStandardHelpOptions = true,
        description = "Tries to break DALL·E mini on Kafka, and counts what became of each prompt.",
        footer = {
            "",
            "Results go to standard output, what is going on to standard error; ends with 1 if a promise broke."
        },
        subcommands = {KillCommand.class, FaultsCommand.class, SoakCommand.class, UpgradeCommand.class})
public final class Chaos implements Runnable {
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
        System.exit(new CommandLine(new Chaos()).execute(args));
    }

    /** What is going on, for who waits. */
    static void say(String message) {
        System.err.println(message);
    }
}
