package org.dallemini.ingest.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Markdown as plain text: headings, and below them paragraphs and items of lists, each on one line. Code, tables,
 * pictures and HTML are left out. Reads what strangers wrote: any text is some Markdown.
 */
final class Markdown {
    /** Longer lines are cut: nobody wrote them for people. */
    private static final int MAX_LINE = 5_000;

    private static final Pattern HEADING = Pattern.compile("(#{1,6})\\s+(.*)");
    private static final Pattern FENCE = Pattern.compile("(```|~~~).*");
    private static final Pattern ITEM = Pattern.compile("(?:[-*+]|\\d{1,3}[.)])\\s+(.*)");
    private static final Pattern RULE = Pattern.compile("[-*_=\\s]{3,}");
    private static final Pattern PICTURE = Pattern.compile("!\\[[^\\[\\]]*](?:\\([^()]*\\))?");
    private static final Pattern LABEL = Pattern.compile("\\*\\*([^*:]{1,100})(?::\\s*\\*\\*|\\*\\*\\s*:).*");
    private static final Pattern LINK = Pattern.compile("\\[([^\\[\\]]*)](?:\\([^()]*\\)|\\[[^\\[\\]]*])");
    private static final Pattern TAG = Pattern.compile("</?[A-Za-z][^<>]*>");
    private static final Pattern EMPHASIS = Pattern.compile("\\*+|`+|~~|(?<![\\p{L}\\p{N}])_+|_+(?![\\p{L}\\p{N}])");
    private static final Pattern NOT_TEXT = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Co}\\p{Cs}\\uFFFD]");
    private static final Pattern SPACE = Pattern.compile("[\\s\\p{Z}]+");

    private final List<Block> blocks = new ArrayList<>();
    private final StringBuilder paragraph = new StringBuilder();
    private boolean isCode;
    private boolean isComment;

    private Markdown() {}

    /**
     * A heading, a paragraph or an item.
     *
     * @param level of a heading, from 1; 0 of others
     * @param text never blank
     * @param label what it begins with in bold, as in "**License:** MIT"; empty if it does not
     */
    record Block(int level, String text, Optional<String> label) {}

    static List<Block> read(List<String> lines) {
        Markdown markdown = new Markdown();
        lines.forEach(line -> markdown.line(line.length() > MAX_LINE ? line.substring(0, MAX_LINE) : line));
        markdown.endParagraph();
        return markdown.blocks;
    }

    private void line(String raw) {
        String line = raw.strip();
        if (FENCE.matcher(line).matches()) {
            endParagraph();
            isCode = !isCode;
            return;
        }
        if (isCode || isComment) {
            isComment &= !line.contains("-->");
            return;
        }
        line = PICTURE.matcher(withoutComments(line)).replaceAll(" ").strip();
        while (line.startsWith(">")) {
            line = line.substring(1).strip();
        }
        Matcher heading = HEADING.matcher(line);
        Matcher item = ITEM.matcher(line);
        if (heading.matches()) {
            endParagraph();
            add(heading.group(1).length(), heading.group(2).replace("#", ""));
        } else if (line.isEmpty() || line.startsWith("|") || RULE.matcher(line).matches()) {
            endParagraph();
        } else {
            if (item.matches()) {
                endParagraph();
            }
            if (paragraph.length() < MAX_LINE) {
                paragraph.append(paragraph.isEmpty() ? "" : " ").append(item.matches() ? item.group(1) : line);
            }
        }
    }

    private String withoutComments(String line) {
        StringBuilder kept = new StringBuilder();
        int at = 0;
        for (int begin = line.indexOf("<!--"); begin >= 0; begin = line.indexOf("<!--", at)) {
            kept.append(line, at, begin);
            int end = line.indexOf("-->", begin);
            if (end < 0) {
                isComment = true;
                return kept.toString();
            }
            at = end + 3;
        }
        return kept.append(line, at, line.length()).toString();
    }

    private void endParagraph() {
        if (!paragraph.isEmpty()) {
            add(0, paragraph.toString());
            paragraph.setLength(0);
        }
    }

    private void add(int level, String marked) {
        String text = plain(marked);
        if (!text.isEmpty()) {
            Matcher label = LABEL.matcher(marked);
            blocks.add(new Block(level, text, label.matches() ? Optional.of(plain(label.group(1))) : Optional.empty()));
        }
    }

    /** Without marks, on one line, and harmless on a terminal. */
    static String plain(String marked) {
        String text = LINK.matcher(marked).replaceAll("$1");
        text = TAG.matcher(text).replaceAll("");
        text = EMPHASIS.matcher(text).replaceAll("");
        text = text.replace("&nbsp;", " ")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
        return SPACE.matcher(
                        NOT_TEXT.matcher(SPACE.matcher(text).replaceAll(" ")).replaceAll(""))
                .replaceAll(" ")
                .strip();
    }
}
