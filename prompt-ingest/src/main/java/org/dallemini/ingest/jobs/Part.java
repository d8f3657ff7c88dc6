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
 */
record Part(int images, Reached reached, @Nullable Failure failure) {
    static final Part UNKNOWN = new Part(0, Reached.NONE, null);

    static Part image(Reached reached, @Nullable Failure failure) {
        return new Part(0, reached, failure);
    }

    static Part prompt(int images) {
        return new Part(images, Reached.NONE, null);
    }

    static Part refusedPrompt(Failure failure) {
        return new Part(0, Reached.NONE, failure);
    }

    Part merge(Part news) {
        boolean isLater =
                news.failure != null && (failure == null || news.failure.at().compareTo(failure.at()) >= 0);
        return new Part(
                Math.max(images, news.images),
                reached.compareTo(news.reached) >= 0 ? reached : news.reached,
                isLater ? news.failure : failure);
    }

    /**
     * Whether it has failed for all that is known. A dead letter that was replayed has not once its image gets further;
     * nor has a prompt that was refused and came again corrected, or that was accepted before.
     */
    boolean isFailed() {
        return failure != null && images == 0 && failure.at().compareTo(reached) >= 0;
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
                one(isFailed()));
    }

    /** What it contributes to its job, as a prompt. */
    JobCounts countsOfPrompt() {
        return new JobCounts(one(images > 0), one(isFailed()), images, 0, 0, 0, 0);
    }

    private static int one(boolean is) {
        return is ? 1 : 0;
    }
}
