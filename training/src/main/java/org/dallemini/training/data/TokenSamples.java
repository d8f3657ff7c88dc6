package org.dallemini.training.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Image tokens with captions, in memory: about 2 bytes a token and the captions' own size. They come from shards that
 * {@code train encode} writes, {@code tokens-0000.jsonl.gz}..., a JSON object a line: {@code caption} (the first),
 * {@code captions} if there are more, {@code encoding}, {@code key} and {@code split}. The original's train.py reads
 * the same files, by its columns {@code caption} and {@code encoding}.
 */
public final class TokenSamples {
    static final String SUFFIX = ".jsonl.gz", CAPTION = "caption", CAPTIONS = "captions", ENCODING = "encoding";
    static final String KEY = "key", SPLIT = "split", WEIGHT = "weight";

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One picture.
     *
     * @param tokens unsigned
     * @param captions one or more
     * @param weight how often it is to be seen in an epoch
     */
    @SuppressWarnings("ArrayRecordComponent") // plain data on its way into a tensor, never compared
    public record Sample(String key, short[] tokens, List<String> captions, boolean heldOut, double weight) {}

    private TokenSamples() {}

    /**
     * Reads all shards in these folders.
     *
     * @param length tokens of an image
     * @param codes number of image tokens
     * @throws DataException if there are none, or they are of another model
     */
    public static List<Sample> read(List<Path> folders, int length, int codes, Problems problems) throws IOException {
        List<Sample> samples = new ArrayList<>();
        for (Path folder : folders) {
            for (Path shard : shards(folder)) {
                readShard(shard, length, codes, problems, samples);
            }
        }
        return samples;
    }

    private static List<Path> shards(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder + " is no folder; give one that 'train encode' has written");
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> shards = files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
            if (shards.isEmpty()) {
                throw new DataException(
                        folder + " has no *" + SUFFIX + "; 'train encode' makes them of pictures and captions");
            }
            return shards;
        }
    }

    private static void readShard(Path shard, int length, int codes, Problems problems, List<Sample> samples)
            throws IOException {
        int number = 0;
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(shard)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                samples.add(sample(JSON.readTree(line), shard, number, length, codes));
            }
        } catch (JsonProcessingException e) {
            problems.tell(shard + ", line " + number + " is not JSON: " + e.getOriginalMessage());
        } catch (ZipException | EOFException e) {
            problems.tell(shard + " is damaged after line " + number + ": " + e.getMessage());
        }
    }

    private static Sample sample(JsonNode json, Path shard, int number, int length, int codes) {
        JsonNode encoding = json.path(ENCODING);
        if (encoding.size() != length) {
            throw new DataException(
                    shard + ", line " + number + " has " + encoding.size() + " image tokens, the model's"
                            + " images have " + length + "; encode the pictures with its own VQGAN");
        }
        short[] tokens = new short[length];
        for (int i = 0; i < length; i++) {
            int token = encoding.get(i).asInt(-1);
            if (token < 0 || token >= codes) {
                throw new DataException(shard + ", line " + number + " has the image token " + encoding.get(i)
                        + ", the model knows 0 to " + (codes - 1));
            }
            tokens[i] = (short) token;
        }
        List<String> captions = CaptionFields.of(json);
        return new Sample(
                json.path(KEY).asText(""),
                tokens,
                captions,
                json.path(SPLIT).asText("").equals("validation"),
                json.path(WEIGHT).asDouble(1));
    }
}
