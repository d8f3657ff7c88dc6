package org.dallemini.ingest.jobs;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.jspecify.annotations.Nullable;

/** Questions about jobs; every process answers for all of them. */
public interface Jobs {
    /** Whether nothing is going on with the job any more, unless what failed is replayed or it is resumed. */
    static boolean hasEnded(JobStatus job) {
        return job.getState() != JobState.PENDING && job.getState() != JobState.RUNNING;
    }

    /** Whether all of its prompts have been taken in, or refused. */
    static boolean isTakenIn(JobStatus job) {
        return job.getPromptsExpected() > 0 && job.getPrompts() + job.getPromptsRefused() >= job.getPromptsExpected();
    }

    /**
     * The status of a job, as of some tenths of a second ago.
     *
     * @throws JobsUnavailableException if the jobs are not available at present
     */
    Optional<JobStatus> find(String jobId);

    /**
     * Jobs in the order of their ids.
     *
     * @param after only jobs behind this id; null for all
     * @param limit most jobs to return
     * @throws JobsUnavailableException if the jobs are not available at present
     */
    Page list(Predicate<JobStatus> filter, @Nullable String after, int limit);

    /**
     * The images of a job that are stored, in the order of their ids.
     *
     * @param after only images behind this id; null for all
     * @param limit most images to return
     * @throws JobsUnavailableException if the jobs are not available at present
     */
    default ImagePage images(String jobId, @Nullable String after, int limit) {
        return images(jobId, after, limit, id -> true);
    }

    /**
     * Some of the images of a job that are stored, in the order of their ids.
     *
     * @param after only images behind this id; null for all
     * @param limit most images to return
     * @param wanted the ids of those to return; the others are not even read
     * @throws JobsUnavailableException if the jobs are not available at present
     */
    ImagePage images(String jobId, @Nullable String after, int limit, Predicate<String> wanted);

    /**
     * An image that is stored.
     *
     * @throws JobsUnavailableException if the jobs are not available at present
     */
    Optional<StoredImage> image(String jobId, String imageId);

    /** @param next go on behind this id; null if there is nothing more */
    record ImagePage(List<StoredImage> images, @Nullable String next) {
        public ImagePage {
            images = List.copyOf(images);
        }
    }

    /** @param next go on behind this id; null if there is nothing more */
    record Page(List<JobStatus> jobs, @Nullable String next) {
        public Page {
            jobs = List.copyOf(jobs);
        }
    }
}
