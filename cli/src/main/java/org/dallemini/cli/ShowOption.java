package org.dallemini.cli;

import java.util.Map;
import java.util.Optional;
import java.util.Stack;
import org.dallemini.show.Graphics;
import org.dallemini.show.Screen;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Whether pictures are shown in the terminal, and how. */
final class ShowOption {
    /** What may be chosen. */
    enum How {
        AUTO,
        KITTY,
        ITERM2,
        SIXEL,
        BLOCKS
    }

    @Option(
            names = "--show",
            paramLabel = "HOW",
            arity = "0..1",
            fallbackValue = "auto",
            preprocessor = AttachedOnly.class,
            description =
                    "Show the pictures in the terminal: kitty, iterm2, sixel or blocks, by default the best that it says it can. Elsewhere nothing is shown, unless HOW is named.")
    private @Nullable How how;

    /** A word behind the option is a prompt; its value follows an equals sign. */
    static final class AttachedOnly implements IParameterPreprocessor {
        @Override
        @SuppressWarnings("JdkObsolete") // picocli's
        public boolean preprocess(
                Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> information) {
            if (" ".equals(information.get("separator"))) {
                args.push("auto");
            }
            return false; // picocli goes on
        }
    }

    boolean isGiven() {
        return how != null;
    }

    /**
     * The terminal to show pictures in; empty for none.
     *
     * @param columns of the terminal that standard output is; 0 if it is none
     */
    Optional<Screen> screen(Map<String, String> environment, int columns) {
        if (how == null || how == How.AUTO && columns == 0) {
            return Optional.empty();
        }
        Optional<Graphics> graphics =
                how == How.AUTO ? Graphics.of(environment) : Optional.of(Graphics.valueOf(how.name()));
        return graphics.map(it -> Screen.of(it, environment, columns));
    }
}
