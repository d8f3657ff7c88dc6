package org.dallemini.training.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Writes shards of image tokens, each of which is whole once it is there. */
public final class TokenShardWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    /** @param folder is there */
    public TokenShardWriter(Path folder) {
        this.folder = folder;
    }

    /** Whether a shard is there already. */
    public boolean has(int number) {
        return Files.exists(file(number));
    }

    private Path file(int number) {
        return folder.resolve(String.format("tokens-%04d%s", number, TokenSamples.SUFFIX));
    }

    /** An item with its image tokens, row by row from the top left. */
    @SuppressWarnings("ArrayRecordComponent") // written at once
    public record Encoded(Item item, int[] tokens) {}

    /** Writes a shard. */
    public void write(int number, List<Encoded> samples) throws IOException {
        Path partial = folder.resolve(".partial-" + number);
        try (BufferedWriter out = new BufferedWriter(
                new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(partial)), StandardCharsets.UTF_8))) {
            for (Encoded sample : samples) {
                Map<String, Object> line = new LinkedHashMap<>();
                List<String> captions = sample.item.captions();
                line.put(TokenSamples.CAPTION, captions.get(0));
                if (captions.size() > 1) {
                    line.put(TokenSamples.CAPTIONS, captions);
                }
                line.put(TokenSamples.ENCODING, sample.tokens);
                line.put(TokenSamples.KEY, sample.item.key());
                if (!sample.item.split().isEmpty()) {
                    line.put(TokenSamples.SPLIT, sample.item.split());
                }
                if (sample.item.weight() != 1) {
                    line.put(TokenSamples.WEIGHT, sample.item.weight());
                }
                out.write(JSON.writeValueAsString(line));
                out.write('\n');
            }
        }
        Files.move(partial, file(number), StandardCopyOption.ATOMIC_MOVE);
    }
}
