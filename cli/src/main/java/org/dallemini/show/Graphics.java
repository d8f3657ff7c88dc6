package org.dallemini.show;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How a terminal is told to show a picture. */
public enum Graphics {
    /** The graphics protocol of kitty, which Ghostty and others have too. */
    KITTY,
    /** Inline images of iTerm2, which WezTerm and others have too. */
    ITERM2,
    /** Sixels, as of DEC's VT340: foot, mlterm, xterm as {@code xterm -ti vt340} and others. */
    SIXEL,
    /** Characters that are half a block: any terminal with colours. */
    BLOCKS;

    private static final List<String> OF_KITTY = List.of("kitty", "ghostty");
    private static final List<String> OF_ITERM2 = List.of("iterm.app", "iterm2", "wezterm", "mintty");
    private static final List<String> OF_SIXEL = List.of("foot", "mlterm", "contour", "yaft", "sixel");

    /** The best that a terminal can by what it says in the environment; empty if it can do nothing but text. */
    public static Optional<Graphics> of(Map<String, String> environment) {
        String term = value(environment, "TERM");
        if (term.isEmpty() || term.equals("dumb")) {
            return Optional.empty();
        }
        if (!value(environment, "TMUX").isEmpty() || term.startsWith("screen") || term.startsWith("tmux")) {
            return Optional.of(BLOCKS); // a multiplexer lets no pictures through by itself
        }
        String program = value(environment, "TERM_PROGRAM");
        if (!value(environment, "KITTY_WINDOW_ID").isEmpty() || isOne(OF_KITTY, term, program)) {
            return Optional.of(KITTY);
        }
        if (isOne(OF_ITERM2, program, value(environment, "LC_TERMINAL"))) {
            return Optional.of(ITERM2);
        }
        return Optional.of(isOne(OF_SIXEL, term, program) ? SIXEL : BLOCKS);
    }

    private static String value(Map<String, String> environment, String name) {
        return environment.getOrDefault(name, "").toLowerCase(Locale.ROOT);
    }

    private static boolean isOne(List<String> names, String... values) {
        return List.of(values).stream().anyMatch(value -> names.stream().anyMatch(value::contains));
    }
}
