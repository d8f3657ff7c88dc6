package org.dallemini.bench.intake;

import java.util.List;
import org.dallemini.bench.common.MarkdownTable;
import org.dallemini.bench.common.Numbers;

/**
 * What taking in a file cost.
 *
 * @param file from 1
 * @param prompts of the file, for one image each
 * @param submitSeconds that {@code submit} ran, from its start as a process to its end
 * @param requestsPerSecond from the first image request of the file to the last, by the records' timestamps
 * @param trackedSeconds from the first image request until the job's status counted all of them
 * @param ingestCpuSeconds processor time of the prompt ingest until then, Java's compilers included
 * @param serversCpuSeconds of the broker and the servers beside it
 * @param ingestMb resident memory of the prompt ingest then, in MB
 * @param serversMb of the broker and the servers beside it
 */
public record IntakeResult(
        int file,
        int prompts,
        double submitSeconds,
        double requestsPerSecond,
        double trackedSeconds,
        double ingestCpuSeconds,
        double serversCpuSeconds,
        double ingestMb,
        double serversMb) {
    /** All of a run. */
    public static String table(List<IntakeResult> results) {
        var table = new MarkdownTable(
                "file",
                "prompts",
                "submit ran",
                "image requests",
                "job complete after",
                "processor time of prompt-ingest",
                "of the servers",
                "memory of prompt-ingest",
                "of the servers");
        results.forEach(one -> table.row(
                Integer.toString(one.file),
                Integer.toString(one.prompts),
                Numbers.of(one.submitSeconds) + " s",
                Numbers.of(one.requestsPerSecond) + "/s",
                Numbers.of(one.trackedSeconds) + " s",
                Numbers.of(one.ingestCpuSeconds) + " s",
                Numbers.of(one.serversCpuSeconds) + " s",
                Numbers.of(one.ingestMb) + " MB",
                Numbers.of(one.serversMb) + " MB"));
        return table.toString();
    }
}
