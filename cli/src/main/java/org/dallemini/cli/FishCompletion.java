package org.dallemini.cli;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Completion for fish, which picocli does not make: commands, options with what they say, and files where one is meant.
 */
final class FishCompletion {
    /** What tells the commands that have been typed so far; the others among the words are options and their values. */
    private static final String FUNCTION = """
            function __%1$s_at
                set -l typed
                set -l words (commandline -opc)
                for word in $words[2..-1]
                    if contains -- (string join ' ' $typed $word) $__%1$s_commands
                        set -a typed $word
                    end
                end
                test "$typed" = "$argv"
            end
            """;

    private static final int LONGEST = 100;

    private final String program;
    private final List<String> commands = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();

    private FishCompletion(String program) {
        this.program = program;
    }

    /** The script for a program and all of its commands. */
    static String of(CommandLine root) {
        var script = new FishCompletion(root.getCommandName());
        script.add("", root);
        String all = script.commands.stream().map(FishCompletion::quoted).collect(Collectors.joining(" "));
        return "set -g __" + script.program + "_commands " + all + "\n"
                + FUNCTION.formatted(script.program)
                + "complete -c " + script.program + " -f\n"
                + String.join("\n", script.lines);
    }

    private void add(String path, CommandLine command) {
        command.getSubcommands().forEach((name, each) -> {
            String longer = path.isEmpty() ? name : path + " " + name;
            commands.add(longer);
            complete(path, " -a " + quoted(name), description(each.getCommandSpec()));
            add(longer, each);
        });
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (!option.hidden()) {
                complete(path, names(option) + value(option), first(option.description()));
            }
        }
        command.getCommandSpec().positionalParameters().stream()
                .map(FishCompletion::values)
                .filter(values -> values != null)
                .forEach(values -> complete(path, values, ""));
    }

    private void complete(String path, String what, String description) {
        lines.add("complete -c " + program + " -n " + quoted("__" + program + "_at " + path) + what
                + (description.isEmpty() ? "" : " -d " + quoted(description)));
    }

    private static String names(OptionSpec option) {
        return Arrays.stream(option.names())
                .map(name -> name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1))
                .collect(Collectors.joining());
    }

    /** What follows an option; fish knows no values that may be left out. */
    private static String value(OptionSpec option) {
        if (option.arity().min() == 0) {
            return "";
        }
        String values = values(option);
        return values == null ? " -x" : " -r" + values;
    }

    /** The words or files that an argument may be; null if nobody knows. */
    private static @Nullable String values(ArgSpec argument) {
        Class<?> type = argument.auxiliaryTypes().length > 0 ? argument.auxiliaryTypes()[0] : argument.type();
        if (type.isEnum()) {
            String words = Arrays.stream(type.getEnumConstants())
                    .map(each -> ((Enum<?>) each).name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(" "));
            return " -f -a " + quoted(words);
        }
        if (type != Path.class && type != File.class) {
            return null;
        }
        return argument.paramLabel().contains("DIR") ? " -f -a '(__fish_complete_directories)'" : " -F";
    }

    private static String description(CommandSpec command) {
        return first(command.usageMessage().description());
    }

    /** The first sentence, as far as it fits beside a name. */
    private static String first(String... description) {
        if (description.length == 0) {
            return "";
        }
        String text = description[0].replaceAll(" \\(default: [^)]*\\)", "");
        String sentence = text.split("\\. ", 2)[0].replaceAll("\\.$", "");
        return sentence.length() <= LONGEST
                ? sentence
                : sentence.substring(0, sentence.lastIndexOf(' ', LONGEST)) + " …";
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
