package org.dallemini.inspect;

import java.time.Duration;
import java.util.List;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.StoredImage;
import org.jspecify.annotations.Nullable;

/**
 * What there is of an image.
 *
 * @param steps the last record of it in each topic, in the order of the flow, its prompt's first
 * @param request what was asked for; null if no record of the image was found
 * @param stored the event that it lies in the bucket; null if there is none
 * @param deletion that it was deleted; null if it was not
 * @param letters its dead letters, and its prompt's
 */
public record ImageTrace(
        String imageId,
        List<Step> steps,
        @Nullable ImageRequest request,
        @Nullable StoredImage stored,
        @Nullable ImageDeletion deletion,
        List<DeadLetter> letters) {
    public ImageTrace {
        steps = List.copyOf(steps);
        letters = List.copyOf(letters);
    }

    /** Whether there is anything. */
    public boolean isKnown() {
        return !steps.isEmpty() || !letters.isEmpty() || deletion != null;
    }

    /** From the first record to the last; null if there is but one. */
    public @Nullable Duration total() {
        return steps.size() < 2
                ? null
                : Duration.between(
                        steps.get(0).time(), steps.get(steps.size() - 1).time());
    }
}
