package org.dallemini.tokens.batch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.Sampling;
import org.dallemini.stage.Task;
import org.jspecify.annotations.Nullable;

/**
 * Candidates that further images of their prompts may come for. Those are not forgotten as soon as they are drawn,
 * since the stage hands over some images at a time; what is forgotten is drawn again, to the same choice. Not
 * thread-safe.
 */
final class SharedCandidates {
    /** Prompts whose candidates are kept; the one that was asked for longest ago goes. */
    static final int MAX_ENTRIES = 64;

    private final Map<Prompt, Candidates> byPrompt = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * What says which candidates there are, and who gets which.
     *
     * @param seed of the first candidate
     */
    private record Prompt(
            String id,
            String jobId,
            String text,
            @Nullable String negativeText,
            long seed,
            Sampling sampling,
            @Nullable ImagePrefix prefix,
            int count,
            int candidates,
            int lane) {
        static Prompt of(Task<ImageRequest, ?> task) {
            ImageRequest image = task.input();
            return new Prompt(
                    image.getPromptId(),
                    image.getJobId(),
                    image.getText(),
                    image.getNegativeText(),
                    image.getSeed() - image.getIndex(),
                    image.getSampling(),
                    image.getPrefix(),
                    image.getCount(),
                    image.getCandidates(),
                    task.lane());
        }
    }

    /** Those of the task's prompt, if they are drawn or somebody waits for them. */
    Optional<Candidates> find(Task<ImageRequest, ?> task) {
        return Optional.ofNullable(areFor(task.input()) ? byPrompt.get(Prompt.of(task)) : null)
                .filter(candidates -> candidates.areDrawn() || candidates.isWanted());
    }

    void add(Task<ImageRequest, ?> task, Candidates candidates) {
        if (areFor(task.input())) {
            byPrompt.values().removeIf(known -> !known.areDrawn() && !known.isWanted());
            byPrompt.put(Prompt.of(task), candidates);
            if (byPrompt.size() > MAX_ENTRIES) {
                byPrompt.remove(byPrompt.keySet().iterator().next());
            }
        }
    }

    void remove(Task<ImageRequest, ?> task) {
        if (areFor(task.input())) {
            byPrompt.remove(Prompt.of(task));
        }
    }

    /** Whether there are several, of which several are kept. */
    private static boolean areFor(ImageRequest image) {
        return image.getCandidates() > 1
                && image.getCount() > 1
                && image.getIndex() >= 0
                && image.getIndex() < image.getCount();
    }
}
