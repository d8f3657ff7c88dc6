package org.dallemini.training.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.training.data.DataException;
import org.dallemini.training.run.TrainingException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code dallemini train}, which the launcher starts with libraries of its own. */
@Command(
        name = "dallemini train",
        mixinStandardHelpOptions = true,
        description = "Trains DALL·E mini's models: the VQGAN on pictures, the BART on image tokens and captions.",
        footerHeading = "%n",
        footer = "docs/training.md goes from 40 pictures to a model that draws them.",
        subcommands = {
            BartCommand.class,
            VqganCommand.class,
            EncodeCommand.class,
            CaptionsCommand.class,
            EvaluateCommand.class,
            ExportCommand.class,
            SpeedCommand.class
        })
public final class Train implements Runnable {
    static final int OK = 0, FAILURE = 1, USAGE = 2;

    @Spec
    private CommandSpec spec;

    Train() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    public static void main(String[] args) {
        System.exit(execute(args));
    }

    static int execute(String... args) {
        boolean verbose = List.of(args).contains(CommonOptions.VERBOSE);
        CommandLine program = new CommandLine(new Train());
        program.getSubcommands()
                .values()
                .forEach(command -> command.getCommandSpec().usageMessage().abbreviateSynopsis(true));
        return program.setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true)
                .setParameterExceptionHandler((wrong, arguments) -> misuse(wrong))
                .setExecutionExceptionHandler((failure, command, parsed) -> report(failure, verbose, command.getErr()))
                .execute(args);
    }

    /** Three lines, as of all commands. */
    private static int misuse(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("dallemini train: " + wrong.getMessage());
        err.print("Usage: " + command.getHelp().abbreviatedSynopsis());
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return USAGE;
    }

    private static int report(Throwable failure, boolean verbose, PrintWriter err) {
        boolean expected = failure instanceof ModelException
                || failure instanceof DataException
                || failure instanceof TrainingException
                || failure instanceof IOException;
        if (verbose || !expected) {
            failure.printStackTrace(err);
        }
        String message = failure.getMessage();
        err.println("dallemini train: " + (message == null || message.isBlank() ? failure.toString() : message));
        return FAILURE;
    }
}
