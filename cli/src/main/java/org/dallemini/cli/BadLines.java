package org.dallemini.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.dallemini.jobs.JobManifest;
import org.dallemini.lists.PromptLine;
import org.dallemini.lists.Refusals;
import org.jspecify.annotations.Nullable;

/** Lines of which no prompt can be made: the first reasons in memory, all of them as JSON lines in a temporary file. */
final class BadLines implements Consumer<PromptLine.Bad> {
    private static final int SHOWN = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Refusals refusals = new Refusals(SHOWN);
    private @Nullable Path file;
    private @Nullable BufferedWriter writer;

    @Override
    public void accept(PromptLine.Bad line) {
        refusals.add(line);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("line", line.number());
        if (line.customId() != null) {
            fields.put("custom_id", line.customId());
        }
        fields.put("code", line.code());
        fields.put("message", line.message());
        if (line.raw() != null) {
            fields.put("raw", line.raw());
        }
        try {
            if (writer == null) {
                file = Files.createTempFile("dallemini-", ".errors");
                file.toFile().deleteOnExit();
                writer = Files.newBufferedWriter(file);
            }
            writer.write(JSON.writeValueAsString(fields));
            writer.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot note what is wrong with lines: " + e.getMessage(), e);
        }
    }

    /** The first, for people. */
    Refusals refusals() {
        return refusals;
    }

    /** All of them; null if there are none. */
    @Nullable
    Path file() throws IOException {
        if (writer != null) {
            writer.flush();
        }
        return file;
    }

    /** Puts them where the errors of the job would be. */
    Path copyTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path target = folder.resolve(JobManifest.ERRORS);
        Path all = file();
        if (all != null) {
            Files.copy(all, target, StandardCopyOption.REPLACE_EXISTING);
        }
        return target;
    }
}
