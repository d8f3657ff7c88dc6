package org.dallemini.models.pull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a pulled model comes from: {@code pull.json} in its folder.
 *
 * @param name of the model
 * @param pulled when, in UTC
 * @param dalleBart where {@code dalle-bart/} comes from
 * @param vqgan where {@code vqgan/} comes from
 * @param clip where {@code clip/} comes from; a model has either this or the other two
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelOrigin(
        String name,
        String pulled,
        @JsonProperty("dalle-bart") @Nullable Origin dalleBart,
        @Nullable Origin vqgan,
        @Nullable Origin clip,
        List<PulledFile> files) {
    static final String FILE = "pull.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Where a checkpoint comes from.
     *
     * @param source address of the repository or folder
     * @param revision as it was asked for; null where there are none
     * @param commit what that was at the time; null where there are none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Origin(
            String source,
            @Nullable String revision,
            @Nullable String commit) {
        String describe() {
            return commit == null ? source : source + " at " + commit;
        }
    }

    /**
     * A file as it was fetched.
     *
     * @param path below the model's folder
     * @param sha256 of its content
     * @param identity as the server gave it; empty if it gave nothing
     */
    public record PulledFile(String path, long size, String sha256, String identity) {
        /** Whether fetching the other would bring the same content; false if nothing can tell. */
        boolean is(Planned planned) {
            return path.equals(planned.path())
                    && !identity.isEmpty()
                    && identity.equals(planned.file().identity());
        }
    }

    /** Reads what lies in a model's folder; empty if the model was not pulled. */
    static Optional<ModelOrigin> read(Path model) throws IOException {
        Path file = model.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), ModelOrigin.class));
        } catch (JsonProcessingException e) {
            throw new PullException(
                    PullException.Kind.REFUSED,
                    file + " is damaged (" + e.getOriginalMessage() + "); delete the folder to pull the model again",
                    e);
        }
    }

    /** For people. */
    String describe() {
        return Stream.of(dalleBart, vqgan, clip)
                .filter(Objects::nonNull)
                .map(Origin::describe)
                .collect(Collectors.joining(" and "));
    }

    boolean isWhole(Path model) throws IOException {
        for (PulledFile file : files) {
            Path path = model.resolve(file.path);
            if (!Files.isRegularFile(path) || Files.size(path) != file.size) {
                return false;
            }
        }
        return true;
    }

    void write(Path model) throws IOException {
        Files.write(model.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
    }
}
