package org.dallemini.lists;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What texts hold that other programs take for more than words: weights, flags, networks to load, placeholders. This
 * pipeline would draw it letter by letter, so it is told of: refused where it can hardly be plain text, remarked where
 * it may be.
 */
public final class ForeignSyntax {
    /** Of what is refused. */
    public static final String CODE = "unsupported-syntax";

    private static final String NUMBER = "[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)";

    /** Behind a colon, as in red:1.3 and red:2; neither 10:30 nor 16:9 nor "circles: 3". */
    private static final String WEIGHT = "(?:[^\\d\\s:]:[+-]?\\d+\\.?|\\s?:\\s?[+-]?\\d*\\.\\d+)\\s?";

    private static final String IN_ROUND = "[^()]{0,300}";
    private static final String IN_SQUARE = "[^\\[\\]]{0,300}";

    /** A backslash makes what follows a character, where alternatives are expanded. */
    private static final String UNESCAPED = "(?<!\\\\)";

    /** Words in capitals are a sign that says something, if those beside them are so too. */
    private static final String BEHIND_SMALL = "(?<=[\\p{Ll}\\d)\\]][\\p{P}]?\\s)";

    private static final String BEFORE_SMALL = "(?=,?\\s{1,9}[\\p{P}]?\\p{L}{0,50}\\p{Ll})";

    private static final String IS_WEIGHT = "a weight: the model knows none, so leave it out";
    private static final String IS_NETWORK = "a network to load, of which there is none here: leave it out";
    private static final String IS_FLAG = "a flag of other programs, which texts do not have here: leave it out (a line"
            + " of a text file that begins with --prompt may have --negative_prompt, --seed, --cfg_scale and --n_iter;"
            + " CSV and JSON lines have fields for these)";
    private static final String FLAGS_BEHIND_A_DASH = "(?:prompt|negative_prompt|seed|steps|cfg_scale|width|height|ar|"
            + "aspect|v|version|no|stylize|style|s|quality|q|chaos|c|niji|tile|iw|stop|weird|repeat|raw|hd|test|w|h)"
            + "(?!\\S)";
    private static final String IS_INFOTEXT =
            "what the Stable Diffusion web UI writes beside pictures: give it as fields,"
                    + " or on one line behind --prompt, --negative_prompt, --seed and --cfg_scale";

    /**
     * Something to find in a text.
     *
     * @param part without which there is none of it; most texts have no part of any rule, and no pattern is tried
     * @param what it is, and what to do
     */
    private record Rule(String part, Pattern pattern, String what) {
        Rule(String part, String pattern, String what) {
            this(part, Pattern.compile(pattern), what);
        }

        boolean isIn(String text) {
            return text.contains(part) && pattern.matcher(text).find();
        }
    }

    /** In texts as they are written, before anything is expanded. */
    private static final List<Rule> TEMPLATES = List.of(
            new Rule(
                    "$$",
                    UNESCAPED + "\\{[~@!]?\\s{0,9}(?:\\d{1,9}(?:-\\d{0,9})?|-\\d{1,9})\\s{0,9}\\$\\$",
                    "some of several alternatives, as Dynamic Prompts takes it: write the combinations themselves as"
                            + " alternatives, {a, b|a, c|b, c} with --expand"),
            new Rule(
                    "::",
                    "[{|]\\s{0,9}\\d{0,9}\\.?\\d{1,9}::",
                    "the weight of an alternative, as Dynamic Prompts takes it: --expand draws each alternative once, so"
                            + " leave it out"),
            new Rule("${", UNESCAPED + "\\$\\{[^}]{0,99}\\}?", "a variable: put its value in its place"),
            new Rule(
                    "{{",
                    UNESCAPED + "\\{\\{.{0,200}?\\}\\}",
                    "a placeholder or an emphasis: put in the words that are meant"),
            new Rule("{%", UNESCAPED + "\\{%.{0,200}?%\\}", "a command of a template: put in the words that are meant"),
            new Rule(
                    "__",
                    UNESCAPED + "__[\\p{L}\\p{N}./_-]{0,200}\\*[\\p{L}\\p{N}*./_-]{0,200}__",
                    "a wildcard with a star, which is not known: name each file"));

    private static final Rule WILDCARD = new Rule(
            "__",
            UNESCAPED + "__[\\p{L}\\p{N}](?:[\\p{L}\\p{N}./-]|_(?!_)){0,255}__",
            "a wildcard: --expand --wildcards DIR draws a prompt for each line of its file");

    /** In texts as they would be drawn. */
    private static final List<Rule> TEXTS = List.of(
            new Rule("--", "(?<!\\S)--[A-Za-z][\\w-]{0,99}", IS_FLAG),
            new Rule("\u2014", "(?<!\\S)\u2014" + FLAGS_BEHIND_A_DASH, IS_FLAG),
            new Rule("\u2013", "(?<!\\S)\u2013" + FLAGS_BEHIND_A_DASH, IS_FLAG),
            new Rule(" -", "(?<=\\s)-[nsSWHCAfI]\\s?\\d{1,9}(?:\\.\\d{1,9})?(?!\\S)", IS_FLAG),
            new Rule("/imagine", "^\\s{0,9}/imagine\\b", "a command of Midjourney: leave it out"),
            new Rule("Negative prompt:", "^\\s{0,9}Negative prompt:", IS_INFOTEXT),
            new Rule("Steps: ", "^\\s{0,9}Steps: \\d{1,9}, ", IS_INFOTEXT),
            new Rule(
                    "<",
                    "<(?:lora|lyco|locon|loha|hypernet|hypernetwork|embedding|ti|model|vae)\\s?:[^<>]{0,300}>",
                    IS_NETWORK),
            new Rule("embedding:", "(?<![\\p{L}\\p{N}])embedding:[\\p{L}\\p{N}][^\\s,]{0,99}", IS_NETWORK),
            new Rule(":", "[()]" + IN_ROUND + WEIGHT + "\\)|\\):" + NUMBER + "\\s?\\)", IS_WEIGHT),
            new Rule("[", "\\[" + IN_SQUARE + WEIGHT + "\\]", "words that change while drawing: write one of them"),
            new Rule(
                    "|",
                    "\\[" + IN_SQUARE + "\\|" + IN_SQUARE + "\\]",
                    "words that take turns while drawing: write one of them, or {a|b} with --expand"),
            new Rule("((", "\\(\\(" + IN_ROUND + "\\)\\s?\\)", IS_WEIGHT),
            new Rule("[[", "\\[\\[" + IN_SQUARE + "\\]\\s?\\]", IS_WEIGHT),
            new Rule(")", "\\)(?:\\+{1,9}|-{2,9}|\\d{0,9}\\.\\d{1,9})(?![\\p{L}\\p{N}])", IS_WEIGHT),
            new Rule("++", "(?<![\\p{L}\\p{N}])(?!(?i:notepad))\\p{L}{2,50}\\+{2,9}(?![\\p{L}\\p{N}+])", IS_WEIGHT),
            new Rule("::", "\\S::(?:\\s?" + NUMBER + "|\\s|$)|(?<!\\S)" + NUMBER + "::\\S", IS_WEIGHT),
            new Rule(".blend(", "\\.blend\\(", "a blend of prompts: write one of them"),
            new Rule(".swap(", "\\.swap\\(", "words that take turns while drawing: write one of them"),
            new Rule(".and(", "\\.and\\(", "a combination of prompts: write them as prompts of their own"),
            new Rule("\\", "\\\\[()\\[\\]]", "an escaped bracket: write it without the backslash"),
            new Rule(
                    "AND",
                    BEHIND_SMALL + "AND" + BEFORE_SMALL,
                    "a combination of prompts, which are drawn one by one here: write them as prompts of their own, or"
                            + " 'and'"),
            new Rule(
                    "BREAK", BEHIND_SMALL + "BREAK" + BEFORE_SMALL, "a break between parts of a prompt: leave it out"));

    /** May be plain text. */
    private static final Rule BRACES = new Rule(
            "{", "\\{[^{}]{0,300}\\}", "braces, which are drawn as they stand: --expand takes {a|b} for alternatives");

    private static final List<Rule> DOUBTS = List.of(
            new Rule(
                    "[",
                    "\\[" + IN_SQUARE + "\\p{L}" + IN_SQUARE + "\\]",
                    "square brackets, which are drawn as they stand and weigh nothing"),
            new Rule(
                    "#",
                    "^\\s{0,9}#",
                    "# at the beginning, which is drawn as it stands: lists of prompts have no comments"));

    private ForeignSyntax() {}

    /**
     * Looks at a text as it was written.
     *
     * @param field its name
     * @param hasWildcards whether names between double underscores stand for something
     * @throws RefusedLineException if it holds what only other programs expand
     */
    public static void checkTemplate(String field, String text, boolean hasWildcards) throws RefusedLineException {
        check(field, text, TEMPLATES);
        if (!hasWildcards && WILDCARD.isIn(text)) {
            throw refuse(field, text, WILDCARD);
        }
    }

    /**
     * Looks at a text as it would be drawn.
     *
     * @param field its name
     * @throws RefusedLineException if it holds what is no plain text
     */
    public static void check(String field, String text) throws RefusedLineException {
        check(field, text, TEXTS);
    }

    private static void check(String field, String text, List<Rule> rules) throws RefusedLineException {
        for (Rule rule : rules) {
            if (rule.isIn(text)) {
                throw refuse(field, text, rule);
            }
        }
    }

    private static RefusedLineException refuse(String field, String text, Rule rule) {
        Matcher found = rule.pattern.matcher(text);
        String part = found.find() ? found.group().strip() : rule.part;
        return new RefusedLineException(
                CODE,
                field + " holds " + Printable.quote(part) + ", " + rule.what + "; --literal draws it as it stands.");
    }

    /** What may be plain text and is drawn as such, for people; empty for most. */
    public static Optional<String> doubt(String text, boolean isExpanded) {
        if (!isExpanded && BRACES.isIn(text)) {
            return Optional.of(BRACES.what);
        }
        for (Rule rule : DOUBTS) {
            if (rule.isIn(text)) {
                return Optional.of(rule.what);
            }
        }
        return Optional.empty();
    }
}
