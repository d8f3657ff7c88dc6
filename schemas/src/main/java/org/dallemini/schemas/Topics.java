package org.dallemini.schemas;

import java.util.List;

/**
 * Names of the pipeline's topics, all starting with one prefix so that several pipelines can share a cluster.
 *
 * @param prefix put in front of every name as it is, {@code ""} or something like {@code "team."}
 */
public record Topics(String prefix) {

    /** {@code PromptRequest}, keyed by prompt id: the public entrance. */
    public String prompts() {
        return prefix + "prompts";
    }

    /** {@code ImageRequest} of the interactive lane, keyed by image id. */
    public String imageRequests() {
        return prefix + "image-requests";
    }

    /** {@code ImageRequest} of the bulk lane, keyed by image id. */
    public String bulkImageRequests() {
        return prefix + "image-requests.bulk";
    }

    /** {@code ImageTokens}, keyed by image id. */
    public String imageTokens() {
        return prefix + "image-tokens";
    }

    /** {@code ImagePreview}, keyed by image id: what has been drawn so far, for who watches. */
    public String imagePreviews() {
        return prefix + "image-previews";
    }

    /** {@code GeneratedImage}, keyed by image id. */
    public String images() {
        return prefix + "images";
    }

    /** {@code StoredImage}, keyed by image id: the completion events. */
    public String storedImages() {
        return prefix + "stored-images";
    }

    /** {@code JobStatus}, compacted, keyed by job id. */
    public String jobs() {
        return prefix + "jobs";
    }

    /** {@code StoredImage}, compacted, keyed by job id and image id: {@code job/prompt/index}. */
    public String jobImages() {
        return prefix + "job-images";
    }

    /** {@code JobCommand}, compacted, keyed by job id: what somebody wants of a job. */
    public String jobCommands() {
        return prefix + "job-commands";
    }

    /** {@code ImageDeletion}, compacted, keyed by image id: which images nobody shall see any more. */
    public String imageDeletions() {
        return prefix + "image-deletions";
    }

    /**
     * {@code StoredImage}, compacted, keyed by owner and image id, {@code owner/prompt/index}: what people have marked.
     */
    public String favourites() {
        return prefix + "favourites";
    }

    /** {@code ModerationDecision}, compacted, keyed by image or prompt id: what filters and people have decided. */
    public String moderation() {
        return prefix + "moderation";
    }

    /** Marks of the dead letters that have been replayed, compacted; written and read by {@code dallemini dlq}. */
    public String replayedDeadLetters() {
        return prefix + "dead-letters.replayed";
    }

    /** What webhooks could not deliver: the bodies, as JSON, keyed by the id of the image or job. */
    public String webhookDeadLetters() {
        return deadLetters(prefix + "webhooks");
    }

    /** Where records of {@code topic} go that can never be processed. */
    public static String deadLetters(String topic) {
        return topic + ".dlq";
    }

    /** The topics that a stage reads, and whose records may therefore be dead-lettered. */
    public List<String> inputs() {
        return List.of(prompts(), imageRequests(), bulkImageRequests(), imageTokens(), images());
    }
}
