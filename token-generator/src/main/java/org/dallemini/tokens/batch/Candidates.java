package org.dallemini.tokens.batch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.stage.Task;
import org.jspecify.annotations.Nullable;

/**
 * What is drawn for the images of a prompt: an image alone, or several candidates of which those with the highest
 * scores are kept, image i being the one in place i. The images come as tasks of their own and share what is drawn;
 * each by itself would have all candidates drawn and get the same. A candidate is an image of the batch by itself and
 * begins when a slot falls free, so that they may be more than there are slots. Not thread-safe.
 */
final class Candidates {
    /** Of equal ones the first is kept, or the choice would depend on the neighbours, which say which ends first. */
    private static final Comparator<Candidate> BEST_FIRST = Comparator.<Candidate>comparingDouble(
                    candidate -> candidate.drawing.score())
            .reversed()
            .thenComparingInt(Candidate::number);

    private final TokenRequest first;
    private final int count;
    private final int images;
    private final int lane;
    private final List<Member> members = new ArrayList<>();
    private final BitSet served = new BitSet();
    private final Map<Integer, Candidate> drawn = new HashMap<>();
    private List<Candidate> ranked = List.of();
    private int begun;

    /**
     * One of them.
     *
     * @param number from 0
     */
    record Candidate(Candidates all, int number, TokenRequest request, Drawing drawing) {}

    /** An image that is waited for. */
    record Member(Task<ImageRequest, ImageTokens> task, Instant startedAt, long startedNanos) {}

    /**
     * @param event that one of the images is asked for by
     * @param first with the seed of the first candidate; each of the others has the next
     * @param lane that they wait in
     */
    Candidates(ImageRequest event, TokenRequest first, int lane) {
        this.first = first;
        this.count = event.getCandidates();
        this.images = event.getCount();
        this.lane = lane;
    }

    int lane() {
        return lane;
    }

    /** Lets an image, whose task was started, have its part in them. */
    void join(Task<ImageRequest, ImageTokens> task, Instant now) {
        members.add(new Member(task, now, System.nanoTime()));
        served.set(place(task.input()));
    }

    /** Whether somebody waits for them. */
    boolean isWanted() {
        return members.stream().anyMatch(member -> member.task.isActive());
    }

    /** Does something for all tasks that wait for them. */
    void forEachActive(Consumer<Member> action) {
        members.stream().filter(member -> member.task.isActive()).forEach(action);
    }

    /** Whether there is something to do for them now: one more to begin, or, if all are drawn, to hand them over. */
    boolean hasMore() {
        return isWanted() && (begun < count || isDrawn());
    }

    /** Whether all are drawn. */
    boolean isDrawn() {
        return !ranked.isEmpty();
    }

    /** Whether every image of the prompt has had its part. */
    boolean haveServedAll() {
        return isDrawn() && served.cardinality() >= images;
    }

    /**
     * Begins the next one.
     *
     * @throws RuntimeException if its text cannot be read
     * @throws OutOfMemoryError if there is no room at present; it has not begun then
     */
    Candidate begin(ContinuousBatch batch) {
        var request = new TokenRequest(
                first.text(), first.negativeText(), first.seed() + begun, first.parameters(), first.prefix());
        Drawing drawing = batch.start(request, count > 1);
        return new Candidate(this, begun++, request, drawing);
    }

    /** Takes one that is drawn, also again. */
    void end(Candidate candidate) {
        drawn.put(candidate.number, candidate);
        if (drawn.size() == count) {
            ranked = drawn.values().stream().sorted(BEST_FIRST).toList();
        }
    }

    /** The one that an image gets; all must be drawn. */
    Candidate of(ImageRequest image) {
        return ranked.get(place(image));
    }

    /** The request of the image that one shows while it is drawn; null if it shows none. */
    @Nullable
    ImageRequest shownBy(Candidate candidate) {
        return members.stream()
                .map(member -> member.task.input())
                .filter(image -> place(image) == candidate.number)
                .findFirst()
                .orElse(null);
    }

    /** An image that is drawn alone has the only place, whichever of its prompt it is. */
    private int place(ImageRequest image) {
        return count == 1 ? 0 : image.getIndex();
    }
}
