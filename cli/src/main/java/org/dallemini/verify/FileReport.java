package org.dallemini.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dallemini.dalle.png.Provenance;
import org.dallemini.dalle.png.Provenance.Model;
import org.dallemini.events.StoredImage;
import org.dallemini.events.StoredRendition;
import org.dallemini.lists.Printable;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about a file.
 *
 * @param isLookedUp whether it was looked for among the stored images
 * @param stored the event of the image with exactly these bytes; null if there is none
 * @param redrawing null if it was not drawn again
 */
public record FileReport(
        ImageFile file,
        boolean isLookedUp,
        @Nullable StoredImage stored,
        @Nullable Redrawing redrawing) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Whether the file says how it was drawn, and nothing that was asked contradicts it. */
    public boolean isWell() {
        return file.provenance().isPresent()
                && (!isLookedUp || stored != null)
                && (redrawing == null || redrawing instanceof Redrawing.Same);
    }

    /** For people. */
    public String text() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %d x %d pixels, %d bytes, sha256 %s",
                file.path(),
                file.pixels().width(),
                file.pixels().height(),
                file.bytes().length,
                file.sha256()));
        file.provenance()
                .ifPresentOrElse(
                        said -> {
                            line(text, "prompt", said.prompt());
                            if (said.negativePrompt() != null) {
                                line(text, "negative", said.negativePrompt());
                            }
                            line(text, "drawn", model(said.tokenModel()) + ", pixels " + model(said.imageModel()));
                            line(text, "again", command(said));
                        },
                        () -> line(text, "says", "nothing of how it was made"));
        line(text, "marked", file.isMarkedAsGenerated() ? "as a work of generative AI (IPTC)" : "NOT as a work of AI");
        if (isLookedUp) {
            line(text, "stored", place());
        }
        if (redrawing != null) {
            line(text, "redrawn", redrawing.text());
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%n  %-9s ", name)).append(Printable.of(value.replaceAll("\\R", " ")));
    }

    private static String model(Model model) {
        return model.name() + " " + model.revision() + " " + model.precision();
    }

    /** Of the file that has these bytes. */
    private String key(StoredImage image) {
        StoredRendition rendition = image.getRendition();
        return rendition != null && rendition.getSha256().equals(file.sha256()) ? rendition.getKey() : image.getKey();
    }

    private String place() {
        return stored == null
                ? "NOT FOUND: no stored image has these bytes"
                : "image " + stored.getRequest().getImageId() + " of job "
                        + stored.getRequest().getJobId() + ", s3://" + stored.getBucket() + "/" + key(stored)
                        + ", drawn at " + stored.getTokenTiming().getStartedAt();
    }

    /** The command that draws it, for a shell. */
    static String command(Provenance said) {
        boolean isLikeAnOption = said.prompt().startsWith("-");
        List<String> words = new ArrayList<>(List.of("dallemini", "generate"));
        if (!isLikeAnOption) {
            words.add(quoted(said.prompt()));
        }
        add(words, "-n", 1);
        add(words, "--seed", said.seed());
        add(words, "--negative", said.negativePrompt());
        add(words, "--guidance", said.guidanceScale());
        add(words, "--top-k", said.topK());
        add(words, "--top-p", said.topP());
        add(words, "--temperature", said.temperature());
        add(words, "--model", said.tokenModel().name());
        add(words, "--command-property", "bart.precision=" + said.tokenModel().precision());
        add(words, "--command-property", "vqgan.precision=" + said.imageModel().precision());
        add(words, "--", isLikeAnOption ? said.prompt() : null);
        return String.join(" ", words) + (said.batchSize() == 1 ? "" : "  # a row of a batch, which --redraw draws");
    }

    private static void add(List<String> words, String option, @Nullable Object value) {
        if (value != null) {
            words.add(option);
            words.add(quoted(value.toString()));
        }
    }

    /** For a shell. */
    private static String quoted(String text) {
        return text.matches("[A-Za-z0-9._/=-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    /** For programs. */
    public String json() {
        ObjectNode node = JSON.createObjectNode()
                .put("file", file.path().toString())
                .put("width", file.pixels().width())
                .put("height", file.pixels().height())
                .put("sha256", file.sha256())
                .put("markedAsGenerated", file.isMarkedAsGenerated());
        node.set("provenance", JSON.valueToTree(file.provenance().orElse(null)));
        file.provenance().ifPresent(said -> node.put("command", command(said)));
        if (isLookedUp) {
            node.put("image", stored == null ? null : stored.getRequest().getImageId());
            node.put("job", stored == null ? null : stored.getRequest().getJobId());
            node.put("key", stored == null ? null : key(stored));
        }
        if (redrawing != null) {
            node.put("redrawn", redrawing.text());
        }
        node.put("well", isWell());
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
