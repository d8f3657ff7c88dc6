package org.dallemini.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is said of a wrong command line: what is wrong with it, how the command is called, and where to read on. */
final class Misuse {
    private Misuse() {}

    /** Three lines on standard error; returns the exit code. */
    static int tell(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("dallemini: " + message(wrong));
        err.print("Usage: " + command.getHelp().abbreviatedSynopsis());
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        err.flush();
        return ExitCode.USAGE;
    }

    private static String message(ParameterException wrong) {
        if (!(wrong instanceof UnmatchedArgumentException unmatched)) {
            return String.valueOf(wrong.getMessage());
        }
        String first = unmatched.getUnmatched().get(0);
        boolean hasCommands = !unmatched.getCommandLine().getSubcommands().isEmpty();
        String what = unmatched.isUnknownOption() ? "option" : hasCommands ? "command" : "argument";
        List<String> suggestions = unmatched.getSuggestions();
        return "There is no " + what + " '" + first + "'"
                + (suggestions.isEmpty() ? "" : "; did you mean " + String.join(" or ", suggestions) + "?");
    }
}
