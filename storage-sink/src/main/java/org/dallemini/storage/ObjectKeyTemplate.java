package org.dallemini.storage;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dallemini.events.ImageRequest;
import org.dallemini.objects.AsciiText;
import org.dallemini.schemas.Ids;

/**
 * Makes the object key of an image from the facts of its record alone, so that storing it again finds the same object.
 *
 * <p>Placeholders: <code>{job} {prompt} {index} {image} {seed} {date:yyyy/MM/dd}</code>; the date is that of the
 * prompt's record in UTC, and <code>{image}</code> is short for <code>{prompt}/{index}</code>. All else is literal
 * text. A template is refused unless every image is sure to get a key of its own, and a record is refused unless its
 * ids follow {@link Ids}; so no id reaches outside the folder that the template gives it, and all keys of a template
 * have the same depth.
 */
public final class ObjectKeyTemplate {
    /** One folder for each prompt. */
    public static final String DEFAULT = "{prompt}/{index}.png";

    private static final String PNG = ".png";
    private static final String RENDITIONS = "renditions/";

    /** S3's limit, in bytes; keys are ASCII. */
    private static final int MAX_KEY_LENGTH = 1024;

    private static final Pattern TOKEN = Pattern.compile("\\{([^{}]*)}|([^{}/]+)|(/)|([{}])");
    private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9!_.*'()=@,+-]+");
    /** Twice the same without a mark between would be another field to Java's formatter: MMMM is a name. */
    private static final Pattern DATE_PATTERN = Pattern.compile(
            "(?!.*(?:y{5}|M{3}|d{3}|H{3}|m{3}|s{3}))(?:yyyy|MM|dd|HH|mm|ss)(?:[-_.]?(?:yyyy|MM|dd|HH|mm|ss))*");

    private final String text;
    private final List<List<Part>> segments;

    private ObjectKeyTemplate(String text, List<List<Part>> segments) {
        this.text = text;
        this.segments = segments;
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException if it is no template or could give two images the same key; the message says
     *     what to change
     */
    public static ObjectKeyTemplate parse(String template) {
        List<List<Part>> segments = new ArrayList<>();
        segments.add(new ArrayList<>());
        Matcher token = TOKEN.matcher(template.replace("{image}", "{prompt}/{index}"));
        while (token.find()) {
            if (token.group(1) != null) {
                addPlaceholder(template, token.group(1), segments);
            } else if (token.group(2) != null) {
                addLiteral(template, token.group(2), segments);
            } else if (token.group(3) != null) {
                segments.add(new ArrayList<>());
            } else {
                throw bad(template, "has a brace without its counterpart");
            }
        }
        check(template, segments);
        return new ObjectKeyTemplate(template, segments);
    }

    private static void addPlaceholder(String template, String name, List<List<Part>> segments) {
        List<Part> segment = segments.get(segments.size() - 1);
        switch (name) {
            case "job" -> segment.add(new Job());
            case "prompt" -> segment.add(new Prompt());
            case "index" -> segment.add(new Index());
            case "seed" -> segment.add(new Seed());
            default -> {
                if (!name.startsWith("date:")) {
                    throw bad(
                            template,
                            "has the unknown placeholder {" + name
                                    + "}: use {job}, {prompt}, {index}, {image}, {seed} or {date:yyyy/MM/dd}");
                }
                addDate(template, name.substring("date:".length()), segments);
            }
        }
    }

    /** Every folder level of a date is a part of its own: {@code yyyy/MM} makes two segments. */
    private static void addDate(String template, String pattern, List<List<Part>> segments) {
        String[] levels = pattern.split("/", -1);
        for (int i = 0; i < levels.length; i++) {
            if (!DATE_PATTERN.matcher(levels[i]).matches()) {
                throw bad(
                        template,
                        "has the bad date pattern '" + pattern
                                + "': use yyyy, MM, dd, HH, mm and ss, divided by /, -, _ or . as in yyyy/MM/dd");
            }
            if (i > 0) {
                segments.add(new ArrayList<>());
            }
            segments.get(segments.size() - 1).add(new Date(DateTimeFormatter.ofPattern(levels[i], Locale.ROOT)));
        }
    }

    private static void addLiteral(String template, String literal, List<List<Part>> segments) {
        if (!LITERAL.matcher(literal).matches()) {
            throw bad(template, "has literal text other than letters, digits and / ! _ . * ' ( ) = @ , + -");
        }
        segments.get(segments.size() - 1).add(new Literal(literal));
    }

    private static void check(String template, List<List<Part>> segments) {
        for (List<Part> segment : segments) {
            if (segment.isEmpty()) {
                throw bad(template, "is empty, begins or ends with '/', or has '//' in it");
            }
            if (segment.stream().allMatch(Literal.class::isInstance)
                    && segment.get(0) instanceof Literal literal
                    && literal.text().matches("\\.{1,2}")) {
                throw bad(template, "has '.' or '..' as a folder");
            }
        }
        if (segments.stream().noneMatch(s -> UniqueKeys.tells(s, Prompt.class))
                || segments.stream().noneMatch(s -> UniqueKeys.tells(s, Index.class))) {
            throw bad(
                    template,
                    "could give two images the same key: it needs {image}, or {prompt} and {index}, either each in a"
                            + " folder or file name without other placeholders, or both in one, divided by text that"
                            + " touches {index} with no digit, as in {prompt}-{index}.png");
        }
    }

    private static IllegalArgumentException bad(String template, String what) {
        return new IllegalArgumentException("The object key template '" + template + "' " + what + '.');
    }

    /**
     * The key of an image's object: 1 to 1024 ASCII characters.
     *
     * @throws InvalidObjectKeyException if the record's ids, index or date make no key
     */
    public String keyOf(ImageRequest image) {
        StringBuilder key = new StringBuilder();
        for (List<Part> segment : segments) {
            if (!key.isEmpty()) {
                key.append('/');
            }
            for (Part part : segment) {
                key.append(part.of(image));
            }
        }
        if (key.length() > MAX_KEY_LENGTH) {
            throw new InvalidObjectKeyException("The object key would have " + key.length() + " bytes; S3 allows "
                    + MAX_KEY_LENGTH + ": shorten the template or the ids.");
        }
        return key.toString();
    }

    /**
     * The key of the JSON file beside an image.
     *
     * @throws IllegalStateException unless {@link #allowsSidecar}
     */
    String sidecarOf(String key) {
        if (!allowsSidecar()) {
            throw new IllegalStateException("The template " + text + " leaves no room for sidecars");
        }
        return key + UniqueKeys.SIDECAR;
    }

    /**
     * The key of an image's second file. It lies one folder deeper than images do, so that it is none of theirs.
     *
     * @param ending with a dot before it
     * @throws InvalidObjectKeyException if it would be too long
     */
    String renditionOf(String key, String ending) {
        List<Part> last = segments.get(segments.size() - 1);
        boolean endsAlike =
                last.get(last.size() - 1) instanceof Literal end && end.text().endsWith(PNG);
        String stem = endsAlike ? key.substring(0, key.length() - PNG.length()) : key;
        String rendition = RENDITIONS + stem + ending;
        if (rendition.length() > MAX_KEY_LENGTH) {
            throw new InvalidObjectKeyException("The object key of the second file would have " + rendition.length()
                    + " bytes; S3 allows " + MAX_KEY_LENGTH + ": shorten the template or the ids.");
        }
        return rendition;
    }

    /** Whether the key of a sidecar can never be the key of another image. */
    boolean allowsSidecar() {
        List<Part> last = segments.get(segments.size() - 1);
        return last.get(last.size() - 1) instanceof Literal end
                && !(end.text() + UniqueKeys.SIDECAR).endsWith(end.text());
    }

    @Override
    public String toString() {
        return text;
    }

    /** A piece of a folder or file name; what it gives holds no {@code /}. */
    sealed interface Part {
        String of(ImageRequest image);
    }

    record Literal(String text) implements Part {
        @Override
        public String of(ImageRequest image) {
            return text;
        }
    }

    private record Job() implements Part {
        @Override
        public String of(ImageRequest image) {
            return validId("job", image.getJobId());
        }
    }

    record Prompt() implements Part {
        @Override
        public String of(ImageRequest image) {
            return validId("prompt", image.getPromptId());
        }
    }

    record Index() implements Part {
        @Override
        public String of(ImageRequest image) {
            if (image.getIndex() < 0) {
                throw new InvalidObjectKeyException(
                        "The index " + image.getIndex() + " makes no object key: images are counted from 0.");
            }
            return Integer.toString(image.getIndex());
        }
    }

    private record Seed() implements Part {
        @Override
        public String of(ImageRequest image) {
            return Long.toString(image.getSeed());
        }
    }

    private record Date(DateTimeFormatter format) implements Part {
        @Override
        public String of(ImageRequest image) {
            var time = image.getRequestedAt().atOffset(ZoneOffset.UTC);
            if (time.getYear() < 1 || time.getYear() > 9999) {
                throw new InvalidObjectKeyException("The request's time " + image.getRequestedAt()
                        + " makes no object key: its year is not one of 1 to 9999.");
            }
            return format.format(time);
        }
    }

    private static String validId(String what, String id) {
        if (!Ids.isValid(id)) {
            throw new InvalidObjectKeyException("The " + what + " id \"" + AsciiText.escape(id, 80)
                    + "\" makes no object key: use " + Ids.RULE + '.');
        }
        return id;
    }
}
