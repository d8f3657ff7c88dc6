package org.dallemini.lists;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line of a text file as the Stable Diffusion web UI takes it from files: {@code --prompt "a red circle" --seed 7}.
 * Of its flags those that have a field here are taken, those that say how other programs draw are left out, and those
 * that ask for another picture are refused.
 */
final class FlaggedLine {
    private static final Pattern FLAGGED = Pattern.compile("\\s*--[A-Za-z].*");
    private static final Set<String> TEXTS = Set.of("prompt", "negative_prompt");
    private static final Set<String> IMAGES = Set.of("n_iter", "batch_size");
    private static final Set<String> NUMBERS = Set.of("seed", "cfg_scale");

    /** How and where other programs draw. */
    private static final Set<String> MEANINGLESS = Set.of(
            "sd_model",
            "outpath_samples",
            "outpath_grids",
            "prompt_for_display",
            "sampler_name",
            "sampler_index",
            "steps",
            "width",
            "height",
            "do_not_save_samples",
            "do_not_save_grid");

    private FlaggedLine() {}

    static boolean isOne(String text) {
        return text.startsWith("-", text.length() - text.stripLeading().length())
                && FLAGGED.matcher(text).matches();
    }

    /** @throws RefusedLineException if a flag is unknown or has no value, or there is no prompt among them */
    static PromptLine.Prompt read(int number, String text) throws RefusedLineException {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        var ignored = new TreeSet<String>();
        int count = 0;
        for (Map.Entry<String, String> flag : flags(text).entrySet()) {
            String name = flag.getKey();
            String value = flag.getValue();
            if (TEXTS.contains(name)) {
                fields.put(name, value);
            } else if (IMAGES.contains(name)) {
                count = Math.max(1, count) * images(name, value);
                fields.put("count", count);
            } else if (NUMBERS.contains(name)) {
                putNumber(fields, name, value);
            } else if (MEANINGLESS.contains(name)) {
                ignored.add("--" + name);
            } else if (!(name.equals("restore_faces") || name.equals("tiling")) || !value.equalsIgnoreCase("false")) {
                throw refuse("--" + name + " is a flag that nothing here stands for: leave it out");
            }
        }
        if (!fields.has("prompt")) {
            throw refuse("the flags of this line have no --prompt among them: give one");
        }
        return PromptObject.prompt(number, null, fields, ignored);
    }

    private static int images(String name, String value) throws RefusedLineException {
        if (!value.matches("\\d{1,4}")) {
            throw refuse("--" + name + " " + Printable.quote(value) + " is no number of images: correct it");
        }
        return Integer.parseInt(value);
    }

    private static void putNumber(ObjectNode fields, String name, String value) throws RefusedLineException {
        if (name.equals("cfg_scale")) {
            fields.set(name, CellNumber.decimal("--cfg_scale", value, false));
        } else if (!value.equals("-1")) { // their word for any seed
            fields.set(name, CellNumber.integer("--seed", value));
        }
    }

    /** By their names, in their order. Texts go on to the next flag, with quotation marks or without. */
    private static Map<String, String> flags(String text) throws RefusedLineException {
        var flags = new LinkedHashMap<String, String>();
        List<String> words = words(text);
        int at = 0;
        while (at < words.size()) {
            String flag = words.get(at++);
            if (!flag.startsWith("--")) {
                throw refuse(Printable.quote(flag) + " stands between flags: put a text of several words in quotation"
                        + " marks behind --prompt");
            }
            String name = flag.substring(2);
            var value = new ArrayList<String>();
            while (at < words.size() && !words.get(at).startsWith("--") && (value.isEmpty() || TEXTS.contains(name))) {
                value.add(words.get(at++));
            }
            if (value.isEmpty()) {
                throw refuse(flag + " has no value behind it: give one, or leave it out");
            }
            if (flags.put(name, String.join(" ", value)) != null) {
                throw refuse(flag + " is there twice: leave one of them out");
            }
        }
        return flags;
    }

    /** As a shell takes a line apart, but for variables and patterns. */
    private static List<String> words(String text) throws RefusedLineException {
        var words = new ArrayList<String>();
        StringBuilder word = null;
        char mark = 0; // the quotation mark that is open
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isEscape = c == '\\' && mark != '\'' && i + 1 < text.length();
            if (isEscape) {
                c = text.charAt(++i);
                String kept = mark == '"' && c != '"' && c != '\\' ? "\\" : "";
                word = begun(word).append(kept).append(c);
            } else if (mark == 0 && Character.isWhitespace(c)) {
                if (word != null) {
                    words.add(word.toString());
                    word = null;
                }
            } else if (mark == 0 && (c == '"' || c == '\'')) {
                word = begun(word);
                mark = c;
            } else if (c == mark) {
                mark = 0;
            } else {
                word = begun(word).append(c);
            }
        }
        if (mark != 0) {
            throw refuse("a quotation mark (" + mark + ") is not closed: close it, or put a backslash before it");
        }
        if (word != null) {
            words.add(word.toString());
        }
        return words;
    }

    private static StringBuilder begun(@Nullable StringBuilder word) {
        return word == null ? new StringBuilder() : word;
    }

    private static RefusedLineException refuse(String what) {
        return new RefusedLineException(
                ForeignSyntax.CODE, "The line has flags, but " + what + "; --literal draws the line as it stands.");
    }
}
