package org.dallemini.ingest.jobs;

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
 */
record Part(int images, Reached reached, @Nullable Failure failure, int replayed) {
    static final Part UNKNOWN = new Part(0, Reached.NONE, null, 0);

    /** @param attempts how often it had failed when the record was written that tells of it */
    static Part image(Reached reached, int attempts) {
        return new Part(0, reached, null, attempts);
    }

    static Part failedImage(Reached reached, Failure failure) {
        return new Part(0, reached, failure, 0);
    }

    static Part prompt(int images) {
        return new Part(images, Reached.NONE, null, 0);
    }

    static Part refusedPrompt(Failure failure) {
        return new Part(0, Reached.NONE, failure, 0);
    }

    Part merge(Part news) {
        boolean isLater = news.failure != null && (failure == null || news.failure.isSince(failure));
        return new Part(
                Math.max(images, news.images),
                reached.compareTo(news.reached) >= 0 ? reached : news.reached,
                isLater ? news.failure : failure,
                Math.max(replayed, news.replayed));
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

    private boolean isCanceled() {
        Failure end = end();
        return end != null && end.isCancellation();
    }

    /** What it contributes to its job, as an image. */
    JobCounts countsOfImage() {
        return new JobCounts(
                0,
                0,
                0,
                one(reached.compareTo(Reached.DRAWN) >= 0),
                one(reached.compareTo(Reached.DECODED) >= 0),
                one(reached == Reached.STORED),
                one(isFailed()),
                one(isCanceled()));
    }

    /** What it contributes to its job, as a prompt. */
    JobCounts countsOfPrompt() {
        return new JobCounts(one(images > 0), one(isFailed()), images, 0, 0, 0, 0, 0);
    }

    private static int one(boolean is) {
        return is ? 1 : 0;
    }
}
