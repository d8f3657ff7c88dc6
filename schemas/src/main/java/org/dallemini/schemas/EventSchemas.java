package org.dallemini.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.dallemini.serde.CompatibilityLevel;

/**
 * The schemas of the pipeline's records as they are registered: read from the {@code .avsc} files, without the
 * properties that generated classes add.
 */
public final class EventSchemas {
    /** A type comes after those that it uses. */
    private static final List<String> FILES = List.of(
            "Lane",
            "Sampling",
            "ModelInfo",
            "Footprint",
            "StageTiming",
            "ImagePrefix",
            "PromptVerdict",
            "ImageOutput",
            "ImageRedraw",
            "ImageRequest",
            "PromptRequest",
            "ImageTokens",
            "ImagePreview",
            "ImageVerdict",
            "GeneratedImage",
            "StoredRendition",
            "StoredImage",
            "JobStatus",
            "JobCommand",
            "ImageDeletion",
            "ModerationDecision");

    private static final String PACKAGE = "org.dallemini.events";

    private final Map<String, Schema> byName;

    private EventSchemas(Map<String, Schema> byName) {
        this.byName = byName;
    }

    /**
     * What the values of a topic are and how they may change.
     *
     * @param name {@code <topic>-value}
     * @param level what the registry shall enforce
     */
    public record Subject(String name, String topic, Schema schema, CompatibilityLevel level) {}

    /** Reads the files from the class path. */
    public static EventSchemas load() {
        return load("/" + PACKAGE.replace('.', '/'), Set.of());
    }

    /**
     * Reads another set of the same files.
     *
     * @param folder on the class path
     * @param missing files that this set does not have: types that were added later
     */
    @SuppressWarnings("deprecation") // its successor does not tell which of several types is the file's own
    static EventSchemas load(String folder, Set<String> missing) {
        Schema.Parser parser = new Schema.Parser();
        return new EventSchemas(FILES.stream()
                .filter(file -> !missing.contains(file))
                .map(file -> parse(parser, folder + "/" + file + ".avsc"))
                .collect(Collectors.toUnmodifiableMap(Schema::getFullName, schema -> schema)));
    }

    @SuppressWarnings("deprecation")
    private static Schema parse(Schema.Parser parser, String resource) {
        try (InputStream in = EventSchemas.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            return parser.parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + resource, e);
        }
    }

    /**
     * The schema of one record.
     *
     * @param simpleName for example {@code PromptRequest}
     */
    public Schema schema(String simpleName) {
        Schema schema = byName.get(PACKAGE + "." + simpleName);
        if (schema == null) {
            throw new IllegalArgumentException("No schema " + simpleName + " among " + byName.keySet());
        }
        return schema;
    }

    /** Whether there is such a record; versions do not have those that were added later. */
    boolean contains(String simpleName) {
        return byName.containsKey(PACKAGE + "." + simpleName);
    }

    /** The subject of every topic's values, in the order of the flow. */
    public List<Subject> subjects(Topics topics) {
        return List.of(
                // Strangers write prompts: old producers and old consumers must both go on working.
                subject(topics.prompts(), "PromptRequest", CompatibilityLevel.FULL_TRANSITIVE),
                // Everything kept in the other topics must stay readable.
                subject(topics.imageRequests(), "ImageRequest", CompatibilityLevel.BACKWARD_TRANSITIVE),
                subject(topics.bulkImageRequests(), "ImageRequest", CompatibilityLevel.BACKWARD_TRANSITIVE),
                subject(topics.imageTokens(), "ImageTokens", CompatibilityLevel.BACKWARD_TRANSITIVE),
                subject(topics.imagePreviews(), "ImagePreview", CompatibilityLevel.BACKWARD_TRANSITIVE),
                subject(topics.images(), "GeneratedImage", CompatibilityLevel.BACKWARD_TRANSITIVE),
                subject(topics.storedImages(), "StoredImage", CompatibilityLevel.BACKWARD_TRANSITIVE),
                subject(topics.jobs(), "JobStatus", CompatibilityLevel.BACKWARD_TRANSITIVE),
                subject(topics.jobCommands(), "JobCommand", CompatibilityLevel.BACKWARD_TRANSITIVE),
                subject(topics.imageDeletions(), "ImageDeletion", CompatibilityLevel.BACKWARD_TRANSITIVE),
                subject(topics.favourites(), "StoredImage", CompatibilityLevel.BACKWARD_TRANSITIVE),
                subject(topics.moderation(), "ModerationDecision", CompatibilityLevel.BACKWARD_TRANSITIVE));
    }

    private Subject subject(String topic, String record, CompatibilityLevel level) {
        return new Subject(topic + "-value", topic, schema(record), level);
    }
}
