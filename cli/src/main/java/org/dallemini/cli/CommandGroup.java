package org.dallemini.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command that does nothing by itself but has others below it. */
abstract class CommandGroup implements Runnable {
    @ParentCommand
    private Dallemini root;

    @Spec
    private CommandSpec spec;

    final Dallemini root() {
        return root;
    }

    @Override
    public final void run() {
        List<String> names = spec.subcommands().values().stream()
                .map(CommandLine::getCommandName)
                .distinct()
                .toList();
        int last = names.size() - 1;
        String question = last == 0
                ? names.get(0) + "?"
                : String.join(", ", names.subList(0, last)) + " or " + names.get(last) + "?";
        throw new ParameterException(spec.commandLine(), question);
    }
}
