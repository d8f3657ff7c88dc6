package org.dallemini.generate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.dallemini.clip.Clip;
import org.dallemini.clip.Embedding;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.events.StoredImage;

/**
 * Keeps of each prompt's images those that a CLIP finds to fit their text best, as the notebook of DALL·E mini does. An
 * image is handed on when all of its prompt have come to their end.
 */
public final class Ranking {
    private final Clip clip;
    private final int keep;
    private final Map<String, Drawn> prompts = new HashMap<>();

    /**
     * @param clip not closed here
     * @param keep images of a prompt, the best ones
     */
    public Ranking(Clip clip, int keep) {
        this.clip = clip;
        this.keep = keep;
    }

    /**
     * An image with its file.
     *
     * @param score 100 times the cosine
     */
    record Ranked(StoredImage image, byte[] picture, boolean fresh, double score) {}

    private static final class Drawn {
        private final List<Ranked> images = new ArrayList<>();
        private int ended;
    }

    /**
     * Takes an image.
     *
     * @param kept told of those that are kept, the best first, once the prompt's images have all come
     * @throws Pictures.UnusableException if the picture cannot be read; it is not taken
     */
    void stored(RequestedPrompt submission, StoredImage image, byte[] picture, boolean fresh, Consumer<Ranked> kept)
            throws Pictures.UnusableException {
        Embedding seen = clip.embed(Pictures.pixels(Pictures.read(picture, Pictures.MAX_PIXELS)));
        double score = 100 * seen.cosine(clip.embed(image.getRequest().getText()));
        of(submission).images.add(new Ranked(image, picture, fresh, score));
        ended(submission, kept);
    }

    /** Takes note of an image that failed. */
    void failed(RequestedPrompt submission, Consumer<Ranked> kept) {
        ended(submission, kept);
    }

    private Drawn of(RequestedPrompt submission) {
        return prompts.computeIfAbsent(submission.request().getId(), id -> new Drawn());
    }

    private void ended(RequestedPrompt submission, Consumer<Ranked> kept) {
        Drawn drawn = of(submission);
        drawn.ended++;
        if (drawn.ended < submission.request().getCount()) {
            return;
        }
        prompts.remove(submission.request().getId());
        drawn.images.sort(Comparator.comparingDouble(Ranked::score)
                .reversed()
                .thenComparing(ranked -> ranked.image().getRequest().getIndex()));
        drawn.images.stream().limit(keep).forEach(kept);
    }
}
