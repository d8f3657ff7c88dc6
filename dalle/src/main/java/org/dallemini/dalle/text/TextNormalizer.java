package org.dallemini.dalle.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dallemini.dalle.model.ModelException;

/**
 * Brings prompts into the form that DALL·E mini was trained on: repaired, in ASCII, in small letters, with little
 * punctuation. The result always begins with one space.
 *
 * <p>Step for step what {@code TextNormalizer} of dalle_mini/model/text.py (dalle-mini 0.1.5) does, but for one: where
 * the original replaces a lone {@code <person>} by one of three words at random, this takes the likeliest, so that a
 * prompt always means the same. Takes time in proportion to the text. Safe for use by many threads.
 */
public final class TextNormalizer {
    // After transliteration all text is ASCII, so \d and \w mean the same as in Python; white space is a bit more
    // there.
    private static final String SPACE = " \\t\\n\\x0B\\f\\r\\x1C-\\x1F";

    private static final String PERSON = "<person>";
    /** Chosen in 282265 of 415678 cases; the original's other words are "someone" and "somebody". */
    private static final String LIKELIEST_PERSON = " a person ";

    private static final Pattern PEOPLE_LINK =
            Pattern.compile("[," + SPACE + "]*+(?:and)*+[," + SPACE + "]*+" + PERSON);

    private static final Pattern REFERENCE_AT_START = Pattern.compile("\\A[" + SPACE + "]*\\[\\d+\\]");
    private static final Pattern REFERENCE_AT_END = Pattern.compile("\\[\\d++\\][" + SPACE + "]*+\\z");
    private static final Pattern TAG = Pattern.compile("<[^<]+?>");
    private static final Pattern LINK = Pattern.compile("http[^" + SPACE + "]+");
    private static final Pattern THOUSANDS = Pattern.compile("(\\d),(\\d{3})");
    private static final Pattern INNER_DOT = Pattern.compile("(\\w)\\.(\\w)");
    private static final Pattern CONTRACTION = Pattern.compile("'(?=(?:[stdm]|ll|re|ve)\\b)");
    private static final Pattern DATE_SLASH = Pattern.compile("(\\d)/(\\d)");
    private static final Pattern HYPHEN = Pattern.compile("(\\w)-(\\w)");
    private static final Pattern SET_APART = Pattern.compile("([%&/$*])");
    private static final Pattern HASHTAG = Pattern.compile("#(\\w+)");
    private static final Pattern IGNORED = Pattern.compile("[_#\\\\]");
    private static final Pattern QUOTE = Pattern.compile("['\"`]");
    private static final Pattern PUNCTUATION = Pattern.compile("[()\\[\\].,|:;?!=+~\\-/{}]");
    private static final Pattern REPEATED = Pattern.compile("(\\D)\\1{3,}+");
    private static final Pattern QUOTES = Pattern.compile("[\"" + SPACE + "]++");
    private static final Pattern COMMAS = Pattern.compile("[," + SPACE + "]++");
    private static final Pattern SPACES = Pattern.compile("[" + SPACE + "]+");

    // Stand for a mark that a later step would take away. That a hashtag splits them up is the original's doing.
    private static final String DOT = "xtokxdotxtokx", APOSTROPHE = "xtokxquotextokx", SLASH = "xtokxslashxtokx";

    private final HashtagSplitter hashtags;

    TextNormalizer(HashtagSplitter hashtags) {
        this.hashtags = hashtags;
    }

    /**
     * Reads the word list into memory.
     *
     * @param wordList English words, the most frequent first, one a line ({@code enwiki-words-frequency.txt} of the
     *     published checkpoints)
     * @throws ModelException if the list is missing or is no such list
     * @throws IOException if it cannot be read
     */
    public static TextNormalizer open(Path wordList) throws IOException {
        return new TextNormalizer(new HashtagSplitter(WordList.read(wordList)));
    }

    /** The text as the model wants it, with one space in front. */
    public String normalize(String text) {
        String t = Ftfy.fix(text);
        t = HtmlEntities.unescape(HtmlEntities.unescape(t));
        t = EmojiNames.demojize(t);
        t = Transliteration.toAscii(t);
        t = lowerCase(t);
        t = replacePersons(t);
        t = REFERENCE_AT_END
                .matcher(REFERENCE_AT_START.matcher(t).replaceFirst(""))
                .replaceFirst("");
        t = TAG.matcher(t).replaceAll(" ");
        t = LINK.matcher(t).replaceAll("");
        t = THOUSANDS.matcher(t).replaceAll("$1$2");
        t = THOUSANDS.matcher(t).replaceAll("$1$2"); // once more for 1,000,000
        t = INNER_DOT.matcher(t).replaceAll("$1" + DOT + "$2");
        t = CONTRACTION.matcher(t).replaceAll(APOSTROPHE);
        t = DATE_SLASH.matcher(t).replaceAll("$1" + SLASH + "$2");
        t = HYPHEN.matcher(t).replaceAll("$1 $2");
        t = SET_APART.matcher(t).replaceAll(" $1 ");
        t = HASHTAG.matcher(t).replaceAll(m -> Matcher.quoteReplacement(hashtags.split(m.group(1))));
        t = IGNORED.matcher(t).replaceAll(" ");
        t = QUOTE.matcher(t).replaceAll(" \" ");
        t = PUNCTUATION.matcher(t).replaceAll(",");
        t = t.replace(DOT, ".").replace(APOSTROPHE, "'").replace(SLASH, "/");
        t = REPEATED.matcher(t).replaceAll(m -> Matcher.quoteReplacement(m.group(1)));
        t = QUOTES.matcher(t).replaceAll(m -> m.group().indexOf('"') < 0 ? m.group() : " \" ");
        t = COMMAS.matcher(t).replaceAll(m -> m.group().indexOf(',') < 0 ? m.group() : ", ");
        t = SPACES.matcher(t).replaceAll(" ");
        return " " + withoutOuterCommas(t);
    }

    private static String lowerCase(String ascii) {
        return ascii.toLowerCase(Locale.ROOT);
    }

    /** {@code <person>, <person> and <person>} becomes "people", one alone "a person". */
    private static String replacePersons(String text) {
        if (!text.contains(PERSON)) {
            return text;
        }
        StringBuilder replaced = new StringBuilder(text.length());
        Matcher link = PEOPLE_LINK.matcher(text);
        int position = 0;
        for (int start; (start = text.indexOf(PERSON, position)) >= 0; ) {
            replaced.append(text, position, start);
            position = start + PERSON.length();
            boolean several = false;
            while (link.region(position, text.length()).lookingAt()) {
                position = link.end();
                several = true;
            }
            replaced.append(several ? " people " : LIKELIEST_PERSON);
        }
        return replaced.append(text, position, text.length()).toString();
    }

    private static String withoutOuterCommas(String text) {
        String t = text.strip();
        t = t.endsWith(",") ? t.substring(0, t.length() - 1) : t;
        t = t.startsWith(",") ? t.substring(1) : t;
        return t.strip();
    }
}
