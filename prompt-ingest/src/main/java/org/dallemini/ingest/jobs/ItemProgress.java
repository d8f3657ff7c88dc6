package org.dallemini.ingest.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.Map;
import org.dallemini.ingest.jobs.JobCounts.Count;
import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one image, or of one prompt, of a job. What is learned is merged in such a way that neither the
 * order in which it is learned matters, nor how often: the topics and partitions of a pipeline are read in any order,
 * and again after a failure.
 *
 * @param images of a prompt that was taken in, how many it has; 0 for one that was not, and for an image
 * @param reached the furthest that an image has got; NONE for a prompt
 * @param failure the one that came last at the furthest point; null if there was none
 * @param replayed of its failures, how many are known to have been replayed
 * @param millijoules that an image took which is stored, an estimate
 * @param co2eMicrograms greenhouse gases of that energy
 * @param files of an image that is stored; null if it is not
 * @param deleted whether somebody has deleted the image; its numbers stay
 */
record ItemProgress(
        int images,
        PipelineStep reached,
        @Nullable Failure failure,
        int replayed,
        long millijoules,
        long co2eMicrograms,
        @Nullable StoredFiles files,
        @JsonInclude(Include.NON_DEFAULT) boolean deleted) {
    private static final long MAX_AMOUNT = 1_000_000_000_000L;

    static final ItemProgress UNKNOWN = new ItemProgress(0, PipelineStep.NONE, null, 0, 0, 0, null, false);

    /** Of an image that was deleted. */
    static final ItemProgress DELETED = UNKNOWN.asDeleted();

    /** @param attempts how often it had failed when the record was written that tells of it */
    static ItemProgress image(PipelineStep reached, int attempts) {
        return new ItemProgress(0, reached, null, attempts, 0, 0, null, false);
    }

    static ItemProgress failedImage(PipelineStep reached, Failure failure) {
        return new ItemProgress(0, reached, failure, 0, 0, 0, null, false);
    }

    static ItemProgress prompt(int images) {
        return new ItemProgress(images, PipelineStep.NONE, null, 0, 0, 0, null, false);
    }

    static ItemProgress refusedPrompt(Failure failure) {
        return new ItemProgress(0, PipelineStep.NONE, failure, 0, 0, 0, null, false);
    }

    /** The same, with what it took. */
    ItemProgress taking(double joules, double co2eGrams) {
        return new ItemProgress(
                images, reached, failure, replayed, amount(1e3 * joules), amount(1e6 * co2eGrams), files, deleted);
    }

    /** The same, with where its files lie. */
    ItemProgress in(StoredFiles place) {
        return new ItemProgress(images, reached, failure, replayed, millijoules, co2eMicrograms, place, deleted);
    }

    /** The same, deleted. */
    ItemProgress asDeleted() {
        return new ItemProgress(images, reached, failure, replayed, millijoules, co2eMicrograms, files, true);
    }

    /** Whatever a record says, sums stay sums. */
    private static long amount(double number) {
        return Math.min(MAX_AMOUNT, Math.max(0, Math.round(number)));
    }

    ItemProgress merge(ItemProgress news) {
        boolean isLater = news.failure != null && (failure == null || news.failure.isSince(failure));
        return new ItemProgress(
                Math.max(images, news.images),
                reached.compareTo(news.reached) >= 0 ? reached : news.reached,
                isLater ? news.failure : failure,
                Math.max(replayed, news.replayed),
                Math.max(millijoules, news.millijoules),
                Math.max(co2eMicrograms, news.co2eMicrograms),
                news.files != null ? news.files : files,
                deleted || news.deleted);
    }

    /**
     * The failure that it has ended with for all that is known; null if it has not. A dead letter that was replayed is
     * not the end; nor is it for a prompt that was refused and came again corrected, or that was accepted before.
     */
    @Nullable
    Failure end() {
        Failure last = failure;
        boolean isEnd = last != null && images == 0 && last.at().compareTo(reached) >= 0 && last.attempts() > replayed;
        return isEnd ? last : null;
    }

    /** Whether it has failed for all that is known. */
    boolean isFailed() {
        Failure end = end();
        return end != null && !end.isCancellation();
    }

    /**
     * Whether files of the image may lie in a bucket: it is stored, or the image decoder refused it and may have kept
     * it in quarantine.
     */
    boolean mayHaveFiles() {
        Failure last = failure;
        boolean isRefused =
                last != null && last.at() == PipelineStep.DRAWN && last.code().equals(ErrorCode.CONTENT_POLICY.code());
        return reached == PipelineStep.STORED || isRefused;
    }

    private boolean isCanceled() {
        Failure end = end();
        return end != null && end.isCancellation();
    }

    /** What it contributes to its job, as an image. */
    JobCounts countsOfImage() {
        return new JobCounts(Map.of(
                Count.DRAWN, one(reached.compareTo(PipelineStep.DRAWN) >= 0),
                Count.DECODED, one(reached.compareTo(PipelineStep.DECODED) >= 0),
                Count.STORED, one(reached == PipelineStep.STORED),
                Count.FAILED, one(isFailed()),
                Count.CANCELED, one(isCanceled()),
                Count.MILLIJOULES, millijoules,
                Count.CO2E_MICROGRAMS, co2eMicrograms));
    }

    /** What it contributes to its job, as a prompt. */
    JobCounts countsOfPrompt() {
        return new JobCounts(
                Map.of(Count.PROMPTS, one(images > 0), Count.REFUSED, one(isFailed()), Count.REQUESTED, (long) images));
    }

    private static long one(boolean is) {
        return is ? 1 : 0;
    }
}
