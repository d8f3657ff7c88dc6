package org.dallemini.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.StoredArray;
import org.dallemini.dalle.model.CheckpointFiles;

/**
 * The weights of one checkpoint.
 *
 * @param files names of the files they lie in: one, or shards
 * @param bytes size of these files
 * @param arrays number of arrays
 * @param parameters number of their elements
 * @param dtypes types of the elements
 * @param stacked whether the layers of a kind lie in one array for each parameter
 */
public record CheckpointInfo(
        List<String> files, long bytes, int arrays, long parameters, List<String> dtypes, boolean stacked) {

    /**
     * Reads headers only.
     *
     * @throws org.dallemini.dalle.model.ModelException if files are missing or damaged
     */
    public static CheckpointInfo read(Path folder) throws IOException {
        SortedMap<String, String> shards = CheckpointFiles.shards(folder);
        List<String> files = shards.isEmpty()
                ? List.of(String.valueOf(CheckpointFiles.whole(folder).getFileName()))
                : List.copyOf(new TreeSet<>(shards.values()));
        try (FlaxCheckpoint weights = FlaxCheckpoint.open(folder)) {
            long bytes = 0;
            for (String file : files) {
                bytes += Files.size(folder.resolve(file));
            }
            var arrays = weights.entries().values();
            return new CheckpointInfo(
                    files,
                    bytes,
                    arrays.size(),
                    arrays.stream().mapToLong(CheckpointInfo::elements).sum(),
                    arrays.stream().map(StoredArray::dtype).distinct().sorted().toList(),
                    weights.isStacked());
        }
    }

    private static long elements(StoredArray array) {
        return LongStream.of(array.shape()).reduce(1, (a, b) -> a * b);
    }
}
