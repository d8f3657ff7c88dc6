package org.dallemini.training.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.dallemini.training.data.BucketMirror;
import org.dallemini.training.data.DataSet;
import org.dallemini.training.data.Problems;
import picocli.CommandLine.Option;

/** Which pictures with captions. */
final class DataOptions {
    @Option(
            names = "--data",
            required = true,
            arity = "1..*",
            paramLabel = "PLACE",
            description = "Folders with captions.jsonl or captions.csv, or tar shards in WebDataset's layout;"
                    + " s3://BUCKET/PREFIX is copied first.")
    private List<String> places;

    /** @param copies where buckets are copied to */
    DataSet open(Path copies, Problems problems) throws IOException {
        return DataSet.open(new BucketMirror(System.getenv(), System.err).local(places, copies), problems);
    }

    @Override
    public String toString() {
        return String.valueOf(places);
    }
}
