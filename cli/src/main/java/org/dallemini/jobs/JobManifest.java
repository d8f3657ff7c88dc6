package org.dallemini.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.deadletters.Section;
import org.dallemini.events.JobStatus;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/**
 * What became of a job, as two files: {@code manifest.jsonl} has a line for each image that is stored, and
 * {@code errors.jsonl} one for each image that failed and each prompt that was refused. Both come from the topics
 * {@code stored-images} and {@code *.dlq} as they are now, from the job's submission on. Images pass through one by
 * one; of failures an id each is kept in memory.
 */
public final class JobManifest {
    /** Name of the file of images. */
    public static final String IMAGES = "manifest.jsonl";

    /** Name of the file of failures. */
    public static final String ERRORS = "errors.jsonl";

    private final StageConfig config;
    private final Admin admin;
    private final JobStatus job;
    private final String jobId;

    /** Of each subject the last letter, by its number in the order of reading. */
    private final Map<String, Long> failed = new HashMap<>();

    /** @param job that has ended: one that has not may have letters and images that contradict each other */
    public JobManifest(StageConfig config, Admin admin, JobStatus job) {
        this.config = config;
        this.admin = admin;
        this.job = job;
        this.jobId = job.getJobId();
    }

    /** How many lines the files have. */
    public record Written(long images, long errors) {}

    /**
     * Writes both files, in place of any of an earlier run.
     *
     * @param badLines JSON lines that come first among the errors: what the submission found wrong with its file; null
     *     for none
     */
    public Written write(Path folder, @Nullable Path badLines) throws IOException {
        try (var images = new LinesFile(folder, IMAGES);
                var errors = new LinesFile(folder, ERRORS);
                var letters = DeadLetterLog.open(config, admin)) {
            if (badLines != null) {
                addBadLines(badLines, errors);
            }
            List<Section> sections = letters.sectionsSince(JobImages.begin(job));
            read(letters, sections, (letter, number) -> failed.put(letter.key(), number));
            addImages(images);
            read(letters, sections, (letter, number) -> {
                if (failed.getOrDefault(letter.key(), -1L) == number) {
                    errors.add(ManifestLine.failure(jobId, letter.key(), letter));
                }
            });
            images.finish();
            errors.finish();
            return new Written(images.lines(), errors.lines());
        }
    }

    private void addBadLines(Path badLines, LinesFile errors) throws IOException {
        try (Stream<String> all = Files.lines(badLines)) {
            for (Iterator<String> each = all.iterator(); each.hasNext(); ) {
                errors.add(ManifestLine.badLine(jobId, each.next()));
            }
        }
    }

    private interface Taker {
        /** @param number the same for the same letter each time */
        void take(DeadLetter letter, long number);
    }

    private void read(DeadLetterLog letters, List<Section> sections, Taker taker) {
        Predicate<DeadLetter> ofJob = letters.ofJob(jobId);
        var number = new AtomicLong();
        for (Section section : sections) {
            letters.read(section, letter -> {
                long here = number.getAndIncrement();
                if (ofJob.test(letter)) {
                    taker.take(letter, here);
                }
                return true;
            });
        }
    }

    private void addImages(LinesFile images) {
        JobImages.read(config, admin, job, (image, headers) -> {
            images.add(ManifestLine.image(image, headers));
            // What was replayed and then stored has not failed.
            failed.remove(image.getRequest().getImageId());
            failed.remove(image.getRequest().getPromptId());
        });
    }
}
