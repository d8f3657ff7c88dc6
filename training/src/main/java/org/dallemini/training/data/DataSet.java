package org.dallemini.training.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.jspecify.annotations.Nullable;

/**
 * Pictures with captions, in any of these forms, together:
 *
 * <ul>
 *   <li>a folder with {@code captions.jsonl} ({@code {"file": "a.png", "caption": "..."}}, or {@code captions}, or
 *       {@code title} and {@code description}) or {@code captions.csv} (columns {@code file} and {@code caption});
 *   <li>a folder of tar shards, or one of them, in WebDataset's layout: files of one sample have one name and differ in
 *       their ending, {@code .png}, {@code .jpg} or {@code .jpeg} and {@code .json} or {@code .txt}.
 * </ul>
 *
 * A {@code weight} in the JSON says how often a sample is seen in an epoch, where it is not once.
 *
 * <p>Opening reads captions and where pictures lie; pictures are read when they are wanted.
 */
public final class DataSet implements AutoCloseable {
    private static final Set<String> PICTURES = Set.of("png", "jpg", "jpeg");
    private static final String TAR = ".tar", JSON_LINES = "captions.jsonl", CSV = "captions.csv";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Problems problems;
    private final List<Item> items = new ArrayList<>();
    private final List<TarFile> shards = new ArrayList<>();

    private DataSet(Problems problems) {
        this.problems = problems;
    }

    /**
     * Opens data sets as one.
     *
     * @throws DataException if a place has none of the forms, or something in it is damaged and not to be skipped
     */
    public static DataSet open(List<Path> places, Problems problems) throws IOException {
        DataSet data = new DataSet(problems);
        for (Path place : places) {
            data.add(place);
        }
        if (data.items.isEmpty()) {
            throw new DataException(places + ": no pictures with captions in it");
        }
        return data;
    }

    /** All items, in the order in which they lie in the data sets; shards by their names. */
    public List<Item> items() {
        return items;
    }

    private void add(Path place) throws IOException {
        if (place.getFileName() != null && place.toString().endsWith(TAR)) {
            addShard(place);
        } else if (Files.isRegularFile(place.resolve(JSON_LINES))) {
            addJsonLines(place);
        } else if (Files.isRegularFile(place.resolve(CSV))) {
            addCsv(place);
        } else {
            addShards(place);
        }
    }

    private void addShards(Path folder) throws IOException {
        List<Path> tars = List.of();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                tars = files.filter(file -> file.toString().endsWith(TAR))
                        .sorted()
                        .toList();
            }
        }
        if (tars.isEmpty()) {
            throw new DataException(folder + " is no data set: give a folder with " + JSON_LINES + " or " + CSV
                    + ", or tar shards in WebDataset's layout");
        }
        for (Path tar : tars) {
            addShard(tar);
        }
    }

    private void addShard(Path path) throws IOException {
        TarFile shard;
        try {
            shard = new TarFile(path);
        } catch (IOException | RuntimeException e) {
            if (!Files.isReadable(path)) {
                throw new DataException(path + " cannot be read", e);
            }
            problems.tell(path + " is no tar file, or damaged: " + e.getMessage());
            return;
        }
        shards.add(shard);
        Map<String, Map<String, TarArchiveEntry>> samples = new LinkedHashMap<>();
        for (TarArchiveEntry entry : shard.getEntries()) {
            String name = entry.getName();
            int point = name.indexOf('.', name.lastIndexOf('/') + 1);
            if (entry.isFile() && point > 0) {
                samples.computeIfAbsent(name.substring(0, point), key -> new LinkedHashMap<>())
                        .put(name.substring(point + 1).toLowerCase(Locale.ROOT), entry);
            }
        }
        for (Map.Entry<String, Map<String, TarArchiveEntry>> sample : samples.entrySet()) {
            addSample(path, shard, sample.getKey(), sample.getValue());
        }
    }

    private void addSample(Path path, TarFile shard, String key, Map<String, TarArchiveEntry> parts)
            throws IOException {
        TarArchiveEntry picture = parts.entrySet().stream()
                .filter(part -> PICTURES.contains(part.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
        if (picture == null) {
            problems.tell(path + ": " + key + " has no picture (.png, .jpg or .jpeg)");
            return;
        }
        Item.Content content = () -> read(shard, picture);
        @Nullable TarArchiveEntry json = parts.get("json");
        @Nullable TarArchiveEntry text = parts.get("txt");
        if (json != null) {
            addObject(path + ": " + key, key, new String(read(shard, json), StandardCharsets.UTF_8), content);
        } else if (text != null) {
            items.add(new Item(
                    key, List.of(new String(read(shard, text), StandardCharsets.UTF_8).strip()), "", "", 1, content));
        } else {
            problems.tell(path + ": " + key + " has no caption (.json or .txt)");
        }
    }

    private static byte[] read(TarFile shard, TarArchiveEntry entry) throws IOException {
        synchronized (shard) { // entries share its position
            try (InputStream in = shard.getInputStream(entry)) {
                return in.readAllBytes();
            }
        }
    }

    private void addJsonLines(Path folder) throws IOException {
        int number = 0;
        for (String line : Files.readAllLines(folder.resolve(JSON_LINES))) {
            number++;
            if (!line.isBlank()) {
                addLine(folder, folder.resolve(JSON_LINES) + ", line " + number, line);
            }
        }
    }

    private void addLine(Path folder, String where, String line) {
        try {
            String file = JSON.readTree(line).path("file").asText("");
            if (file.isEmpty()) {
                problems.tell(where + " names no \"file\"");
                return;
            }
            addObject(where, file, line, () -> Files.readAllBytes(folder.resolve(file)));
        } catch (JsonProcessingException e) {
            problems.tell(where + " is not JSON: " + e.getOriginalMessage());
        }
    }

    private void addObject(String where, String key, String json, Item.Content content) {
        try {
            JsonNode object = JSON.readTree(json);
            List<String> captions = CaptionFields.of(object);
            if (captions.isEmpty()) {
                problems.tell(where + " has no caption");
                return;
            }
            items.add(new Item(
                    key,
                    captions,
                    object.path("split").asText(""),
                    concept(object),
                    object.path("weight").asDouble(1),
                    content));
        } catch (JsonProcessingException e) {
            problems.tell(where + " is not JSON: " + e.getOriginalMessage());
        }
    }

    /** By the fields of the data set of pictograms. */
    private static String concept(JsonNode object) {
        boolean plain = object.path("kind").asText("single").equals("single")
                && object.path("ground").asText("white").equals("white");
        return plain ? object.path("concept").asText("") : "";
    }

    private void addCsv(Path folder) throws IOException {
        Path file = folder.resolve(CSV);
        CsvMapper mapper = new CsvMapper();
        try (MappingIterator<Map<String, String>> rows = mapper.readerForMapOf(String.class)
                .with(CsvSchema.emptySchema().withHeader())
                .readValues(file.toFile())) {
            while (rows.hasNext()) {
                Map<String, String> row = rows.next();
                @Nullable String name = row.get("file");
                @Nullable String caption = row.get("caption");
                if (name == null || caption == null) {
                    problems.tell(file + ": a row without file or caption; the first line must name the columns");
                } else {
                    items.add(new Item(
                            name, List.of(caption), "", "", 1, () -> Files.readAllBytes(folder.resolve(name))));
                }
            }
        } catch (RuntimeException e) {
            throw new DataException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        for (TarFile shard : shards) {
            shard.close();
        }
    }
}
