package org.dallemini.ingest.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.dallemini.events.PromptRequest;
import org.dallemini.prompt.ContentHash;
import org.dallemini.prompt.Webhook;
import org.dallemini.schemas.Hashes;
import org.dallemini.stage.moderation.Release;
import org.jspecify.annotations.Nullable;

/**
 * A job as a request asks for it.
 *
 * @param jobId the caller's, or one that was drawn
 * @param prompts at least one; each has the job's id and an id of its own
 * @param webhook null if there is none
 * @param deadline of the prompts that had none of their own; null if there is none
 * @param releases of prompts that the intake would refuse, by their ids
 * @param content hexadecimal SHA-256 of all images that are asked for: equal for a repetition
 */
public record Submission(
        String jobId,
        List<PromptRequest> prompts,
        @Nullable Webhook webhook,
        @Nullable Instant deadline,
        Map<String, Release> releases,
        String content) {
    public Submission {
        prompts = List.copyOf(prompts);
        releases = Map.copyOf(releases);
    }

    public Submission(
            String jobId,
            List<PromptRequest> prompts,
            @Nullable Webhook webhook,
            @Nullable Instant deadline,
            Map<String, Release> releases) {
        this(jobId, prompts, webhook, deadline, releases, content(prompts));
    }

    /** Not reported, whenever it is drawn. */
    public Submission(String jobId, List<PromptRequest> prompts) {
        this(jobId, prompts, null, null, Map.of());
    }

    /** Images asked for. */
    public int images() {
        return prompts.stream().mapToInt(PromptRequest::getCount).sum();
    }

    private static String content(List<PromptRequest> prompts) {
        MessageDigest hash = Hashes.sha256();
        for (PromptRequest prompt : prompts) {
            hash.update(String.valueOf(prompt.getId()).getBytes(StandardCharsets.UTF_8));
            hash.update((byte) 0); // no id holds it
            hash.update(ContentHash.of(prompt));
        }
        return HexFormat.of().formatHex(hash.digest());
    }
}
