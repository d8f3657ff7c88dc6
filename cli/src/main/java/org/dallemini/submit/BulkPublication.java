package org.dallemini.submit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.ingest.jobs.JobHeaders;
import org.dallemini.lists.BulkJob;
import org.dallemini.lists.ContentDigest;
import org.dallemini.lists.ListedPrompt;
import org.dallemini.lists.PromptLine;
import org.dallemini.lists.PromptList;
import org.dallemini.lists.PromptPublisher;
import org.dallemini.progress.Progress;

/**
 * The second reading of a list, which publishes it. What is left of one that breaks off is completed by another: ids
 * follow from the list, and the intake drops what it knows.
 */
public final class BulkPublication implements PromptList.Taker {
    private final BulkJob job;
    private final PromptPublisher publisher;
    private final Progress progress;
    private final Headers common;
    private final ContentDigest digest = new ContentDigest();
    private int published;

    public BulkPublication(BulkJob job, PromptPublisher publisher, Progress progress) {
        this.job = job;
        this.publisher = publisher;
        this.progress = progress;
        this.common = new RecordHeaders()
                .add(JobHeaders.PROMPTS, bytes(Integer.toString(job.prompts())))
                .add(JobHeaders.CONTENT, bytes(job.content()));
    }

    /**
     * Publishes and returns when all of it is safe.
     *
     * @return false if it was stopped before the end
     * @throws IOException if the list cannot be read again, or has changed
     * @throws org.apache.kafka.common.KafkaException if Kafka or the registry does not take it
     */
    public boolean run(PromptList list, BooleanSupplier stopped) throws IOException {
        progress.begin();
        boolean finished = list.read(this, stopped);
        publisher.flush();
        progress.count(published, job.prompts(), published, "prompts published");
        if (finished && !digest.hex().equals(job.content())) {
            throw new IOException(list.file().name()
                    + " has changed while it was read: what was published of it belongs to the job " + job.id()
                    + ", which may never end. Submit the file again when it stays as it is.");
        }
        return finished;
    }

    @Override
    public void prompt(ListedPrompt prompt) {
        digest.add(prompt);
        Headers headers = new RecordHeaders(common);
        prompt.describe(headers);
        publisher.publish(prompt.of(job.id()), headers);
        published++;
        progress.count(published, job.prompts(), published, "prompts published");
    }

    @Override
    public void bad(PromptLine.Bad line) {} // reported by the survey

    /** Prompts that are safe. */
    public int published() {
        return published;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
