package org.dallemini.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.PromptVerdict;
import org.dallemini.events.StoredImage;
import org.dallemini.events.StoredRendition;
import org.dallemini.lists.Doubts;
import org.dallemini.lists.Printable;
import org.dallemini.lists.PromptLine;
import org.dallemini.lists.Refusals;
import org.dallemini.progress.Progress;
import org.dallemini.schemas.ImageFootprint;
import org.dallemini.show.Screen;
import org.jspecify.annotations.Nullable;

/** Tells the user of each image on standard output, and of everything else on standard error. */
public final class GenerateReport {
    /** How images are printed. */
    public enum Format {
        /** The file's path. */
        TEXT,
        /** A JSON object with everything a program may want to know. */
        JSON
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Format format;
    private final PrintStream out;
    private final PrintStream err;
    private final Optional<Screen> screen;
    private final Progress progress;
    private final Refusals refusals = new Refusals(Integer.MAX_VALUE);
    private final Set<String> ignored = new TreeSet<>();
    private int drawn;
    private int found;
    private int failed;
    private int refused;
    private int skipped;
    private boolean isEmpty;

    /**
     * @param terminal whether {@code err} is one: only there progress is shown
     * @param screen that {@code out} is, if the pictures themselves are to be shown on it
     */
    public GenerateReport(Format format, PrintStream out, PrintStream err, boolean terminal, Optional<Screen> screen) {
        this.format = format;
        this.out = out;
        this.err = err;
        this.screen = screen;
        this.progress = new Progress(err, terminal ? Progress.Style.BAR : Progress.Style.NONE, System::nanoTime);
    }

    /** What is being waited for before the first image. */
    public void phase(String what) {
        progress.phase(what);
    }

    void progress(int done, int total, int fresh) {
        progress.count(done, total, fresh, "images");
    }

    /** The last line. */
    public void summary(double seconds) {
        tell(summaryLine(seconds));
    }

    /**
     * @param fresh whether it was drawn by this run
     * @param picture content of the file
     * @param clipScore of an image that was ranked; null for others
     */
    void image(
            RequestedPrompt submission,
            StoredImage image,
            Path file,
            byte[] picture,
            boolean fresh,
            @Nullable Double clipScore) {
        if (fresh) {
            drawn++;
        } else {
            found++;
        }
        String promptMark = promptMark(image);
        if (promptMark != null) {
            tell("The prompt filter marks " + file + " as " + promptMark);
        }
        if (isMarked(image)) {
            tell("The image filter marks " + file + " as " + image.getVerdict().getMark());
        }
        progress.clear();
        out.println(format == Format.TEXT ? file.toString() : json(submission, image, file, clipScore));
        screen.ifPresent(it -> show(it, file, picture));
        out.flush();
    }

    private void show(Screen terminal, Path file, byte[] picture) {
        try {
            byte[] text = terminal.show(picture).getBytes(StandardCharsets.UTF_8); // whatever the locale
            out.write(text, 0, text.length);
        } catch (Pictures.UnusableException e) {
            tell(file + " cannot be shown: " + e.getMessage());
        }
    }

    private static String json(RequestedPrompt submission, StoredImage image, Path file, @Nullable Double clipScore) {
        ImageRequest request = image.getRequest();
        ObjectNode node = JSON.createObjectNode()
                .put("promptId", request.getPromptId())
                .put("index", request.getIndex())
                .put("text", request.getText())
                .put("seed", request.getSeed())
                .put("file", file.toString())
                .put("bucket", image.getBucket())
                .put("key", image.getKey())
                .put("sha256", image.getSha256())
                .put("modelRevision", image.getTokenModel().getRevision())
                .put("decoderRevision", image.getDecoderModel().getRevision());
        StoredRendition rendition = image.getRendition();
        if (rendition != null) {
            node.putObject("rendition")
                    .put("key", rendition.getKey())
                    .put("sha256", rendition.getSha256())
                    .put("width", rendition.getWidth())
                    .put("height", rendition.getHeight())
                    .put("made", rendition.getMade());
        }
        if (request.getScore() != null) {
            node.put("score", request.getScore());
        }
        if (clipScore != null) {
            node.put("clipScore", clipScore);
        }
        String promptMark = promptMark(image);
        if (promptMark != null) {
            node.put("promptMark", promptMark);
        }
        if (isMarked(image)) {
            node.put("mark", image.getVerdict().getMark());
        }
        ImageFootprint.of(image).ifPresent(took -> node.put("energyJoules", took.getEnergyJoules())
                .put("co2eGrams", took.getCo2eGrams()));
        if (submission.line() > 0) {
            node.put("line", submission.line());
        }
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable String promptMark(StoredImage image) {
        PromptVerdict verdict = image.getRequest().getPromptVerdict();
        return verdict == null ? null : verdict.getMark();
    }

    private static boolean isMarked(StoredImage image) {
        return image.getVerdict() != null && image.getVerdict().getMark() != null;
    }

    /** A line that is no prompt. */
    public void skipped(int line, String why) {
        skipped++;
        tell(where(line) + "skipped: " + why);
    }

    /** A prompt of the command line that was not accepted. */
    void refused(String text, String code, String message) {
        refused++;
        tell("refused: " + code + ": " + message + ": " + Printable.quote(text));
    }

    /** A line of a file that was not accepted; told when {@link #linesRead}. */
    void refused(PromptLine.Bad line) {
        refused++;
        refusals.add(line);
    }

    /** Fields of a line that were left out because they mean nothing here. */
    void ignored(Set<String> fields) {
        ignored.addAll(fields);
    }

    /** The file has been read to its end. */
    void linesRead() {
        refusals.words().forEach(this::tell);
        if (!ignored.isEmpty()) {
            tell("Fields that mean nothing here were left out: " + String.join(", ", ignored));
        }
    }

    /** The file asks for nothing. */
    void noPrompt(String file) {
        isEmpty = true;
        tell("dallemini: there is no prompt in " + file);
    }

    /** What is drawn as it stands though other programs would not. */
    void doubts(Doubts doubts) {
        doubts.words().forEach(this::tell);
    }

    /** An image that was accepted and then failed. */
    void failed(RequestedPrompt submission, int index, String code, String message) {
        failed++;
        tell(where(submission.line()) + "image " + index + " failed: " + code + ": " + message + ": "
                + Printable.quote(submission.request().getText()));
    }

    private void tell(String message) {
        progress.clear();
        err.println(message);
    }

    private static String where(int line) {
        return line > 0 ? "line " + line + " " : "";
    }

    /** One line of counts; the parts that are zero are left out. */
    String summaryLine(double seconds) {
        var summary = new StringBuilder().append(drawn).append(drawn == 1 ? " image drawn" : " images drawn");
        append(summary, found, " found from an earlier run");
        append(summary, failed, " failed");
        append(summary, refused, refused == 1 ? " prompt refused" : " prompts refused");
        append(summary, skipped, skipped == 1 ? " blank line skipped" : " blank lines skipped");
        return summary.append(String.format(java.util.Locale.ROOT, " in %.1f s", seconds))
                .toString();
    }

    private static void append(StringBuilder summary, int count, String what) {
        if (count > 0) {
            summary.append(", ").append(count).append(what);
        }
    }

    public boolean allWell() {
        return failed == 0 && refused == 0 && !isEmpty;
    }
}
