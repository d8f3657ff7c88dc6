package org.dallemini.dalle.text;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Repairs text that went through broken programs: wrong encodings, HTML left in, curly quotes, ligatures, full-width
 * letters, odd line breaks, terminal colours, control characters.
 *
 * <p>The steps are those of ftfy 6.3.1 ({@code ftfy.fix_text}) with its default settings; see docs/text.md.
 */
final class Ftfy {
    private static final Pattern TERMINAL_ESCAPE = Pattern.compile("\u001B\\[[\\p{Nd};]*[a-zA-Z]");
    private static final Pattern LINE_BREAK = Pattern.compile("\r\n|[\r\u2028\u2029\u0085]");
    private static final Pattern DOUBLE_QUOTE = Pattern.compile("[\u201C-\u201F]");
    private static final Pattern SINGLE_QUOTE = Pattern.compile("[\u02BC\u2018-\u201B]");
    private static final Pattern LONE_SURROGATE = Pattern.compile("[\uD800-\uDFFF]");

    /** Those that show nothing. C1 controls are kept (they tell of wrong encodings), so are joiners and tags. */
    private static final Pattern CONTROL =
            Pattern.compile("[\\x00-\\x08\\x0B\\x0E-\\x1F\\x7F\u206A-\u206F\uFEFF\uFFF9-\uFFFC]");

    /** Ligatures, digraphs, full-width letters and half-width Katakana, and what they are made of. */
    private static final Map<Character, String> PLAIN_FORMS = plainForms();

    private static final char FIRST_FORM = '\u0132';

    private Ftfy() {}

    static String fix(String text) {
        StringBuilder fixed = new StringBuilder(text.length());
        boolean unescape = true;
        for (int start = 0, end; start < text.length(); start = end) {
            int lineFeed = text.indexOf('\n', start);
            end = lineFeed < 0 ? text.length() : lineFeed + 1;
            String line = text.substring(start, end);
            unescape &= line.indexOf('<') < 0; // this and all that follows is HTML and stays as it is
            fixed.append(fixLine(line, unescape));
        }
        return fixed.toString();
    }

    private static String fixLine(String line, boolean unescape) {
        String before;
        String after = line;
        do {
            before = after;
            String text = unescape ? HtmlEntities.unescapeUnambiguous(before) : before;
            after = isPlain(text) ? text : fixCharacters(text);
        } while (!after.equals(before));
        return after;
    }

    /** Whether no step can change the text. */
    private static boolean isPlain(String text) {
        return text.chars().allMatch(c -> (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t');
    }

    private static String fixCharacters(String original) {
        String text = Mojibake.replaceC1(Mojibake.repair(original));
        text = replaceForms(text);
        text = SINGLE_QUOTE.matcher(DOUBLE_QUOTE.matcher(text).replaceAll("\"")).replaceAll("'");
        text = LINE_BREAK.matcher(text).replaceAll("\n");
        text = LONE_SURROGATE.matcher(text).replaceAll("\uFFFD");
        text = TERMINAL_ESCAPE.matcher(text).replaceAll("");
        text = CONTROL.matcher(text).replaceAll("");
        return Normalizer.normalize(text, Form.NFC);
    }

    private static String replaceForms(String text) {
        StringBuilder replaced = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            String form = c < FIRST_FORM ? null : PLAIN_FORMS.get(c);
            if (form == null) {
                replaced.append(c);
            } else {
                replaced.append(form);
            }
        }
        return replaced.toString();
    }

    private static Map<Character, String> plainForms() {
        Map<Character, String> forms = new HashMap<>();
        String ligatures = "\u0132\u0133\u0149\u01F1\u01F2\u01F3\u01C4\u01C5\u01C6\u01C7\u01C8\u01C9\u01CA\u01CB\u01CC"
                + "\uFB00\uFB01\uFB02\uFB03\uFB04\uFB06";
        for (int i = 0; i < ligatures.length(); i++) {
            char ligature = ligatures.charAt(i);
            forms.put(ligature, Normalizer.normalize(String.valueOf(ligature), Form.NFKC));
        }
        forms.put('\uFB05', "\u017Ft"); // long s and t; the compatibility form has a round s
        forms.put('\u3000', " ");
        for (char wide = '\uFF01'; wide < '\uFFF0'; wide++) {
            String form = Normalizer.normalize(String.valueOf(wide), Form.NFKC);
            if (!form.equals(String.valueOf(wide))) {
                forms.put(wide, form);
            }
        }
        return Map.copyOf(forms);
    }
}
