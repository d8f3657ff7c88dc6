package org.dallemini.tokens.batch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.Lane;
import org.dallemini.events.Sampling;
import org.jspecify.annotations.Nullable;

/**
 * Candidates that further images of their prompts may come for. Those are not forgotten as soon as they are drawn,
 * since the stage hands over some images at a time; what is forgotten is drawn again, to the same choice. Not
 * thread-safe.
 */
final class SharedCandidates {
    /** Prompts whose candidates are kept; the one that was asked for longest ago goes. */
    static final int MOST = 64;

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
            Lane lane) {
        static Prompt of(ImageRequest image) {
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
                    image.getLane());
        }
    }

    private static boolean areFor(ImageRequest image) {
        return image.getCandidates() > 1 && image.getCount() > 1;
    }

    /** Those of the image's prompt, if they are drawn or somebody waits for them. */
    Optional<Candidates> find(ImageRequest image) {
        return Optional.ofNullable(areFor(image) ? byPrompt.get(Prompt.of(image)) : null)
                .filter(candidates -> candidates.isDrawn() || candidates.isWanted());
    }

    void add(ImageRequest image, Candidates candidates) {
        if (areFor(image)) {
            byPrompt.put(Prompt.of(image), candidates);
            if (byPrompt.size() > MOST) {
                byPrompt.remove(byPrompt.keySet().iterator().next());
            }
        }
    }

    void remove(ImageRequest image) {
        if (areFor(image)) {
            byPrompt.remove(Prompt.of(image));
        }
    }
}
