package org.dallemini.tokens.batch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dallemini.dalle.drawing.ContinuousBatch;
import org.dallemini.dalle.drawing.Drawing;
import org.dallemini.dalle.drawing.TokenRequest;
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
    private final TokenRequest first;
    private final int count;
    private final int images;
    private final int lane;
    private final List<Member> members = new ArrayList<>();
    private final Map<Integer, Drawn> drawn = new HashMap<>();
    private List<Drawn> kept = List.of();
    private int begun;
    private int served;
    private double joules;

    /**
     * One of them.
     *
     * @param number from 0
     */
    record Candidate(Candidates all, int number, TokenRequest request, Drawing drawing) {}

    /** An image that is waited for. */
    record Member(Task<ImageRequest, ImageTokens> task, Instant startedAt, long startedNanos) {}

    /** What is left of a candidate that is drawn; nothing of the model's. */
    record Drawn(int number, TokenRequest request, String normalizedText, double score, int... tokens) {
        /**
         * Of equal ones the first is kept, or the choice would depend on the neighbours, which say which ends first.
         */
        static final Comparator<Drawn> BEST_FIRST =
                Comparator.comparingDouble(Drawn::score).reversed().thenComparingInt(Drawn::number);

        static Drawn of(Candidate candidate) {
            Drawing drawing = candidate.drawing;
            return new Drawn(
                    candidate.number, candidate.request, drawing.normalizedText(), drawing.score(), drawing.tokens());
        }
    }

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

    /** Adds an image whose task was started; to add it again changes nothing. */
    void join(Task<ImageRequest, ImageTokens> task, Instant now) {
        for (Member member : members) {
            if (member.task == task) {
                return;
            }
        }
        members.add(new Member(task, now, System.nanoTime()));
    }

    List<Member> members() {
        return members;
    }

    /** Whether a task waits for them. Allocates nothing: it is called when memory has run out, too. */
    boolean isWanted() {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).task.isActive()) {
                return true;
            }
        }
        return false;
    }

    /** Whether some have not begun and are still wanted. */
    boolean hasMore() {
        return begun < count && isWanted();
    }

    boolean areDrawn() {
        return !kept.isEmpty();
    }

    /** Removes the images that wait no more; true if no other of the prompt will come. */
    boolean leave() {
        int before = members.size();
        members.removeIf(member -> !member.task.isActive());
        served += before - members.size();
        return areDrawn() && served >= images;
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
        try {
            Candidate candidate = new Candidate(this, begun, request, drawing);
            begun++;
            return candidate;
        } catch (OutOfMemoryError e) {
            batch.cancel(drawing);
            throw e;
        }
    }

    /** Takes a drawn candidate; to take it again changes nothing. */
    void end(Candidate candidate) {
        drawn.put(candidate.number, Drawn.of(candidate));
        if (drawn.size() == count) {
            kept = drawn.values().stream()
                    .sorted(Drawn.BEST_FIRST)
                    .limit(count == 1 ? 1 : images)
                    .toList();
            drawn.clear();
        }
    }

    /** Adds energy that they took. */
    void spent(double more) {
        joules += more;
    }

    /** What each of the prompt's images took, candidates that are not kept included: joules. */
    double joulesOfAnImage() {
        return count == 1 ? joules : joules / images;
    }

    /** The one that an image gets; all must be drawn. */
    Drawn of(ImageRequest image) {
        return kept.get(place(image));
    }

    /** The request of the image that one shows while it is drawn; null if it shows none. */
    @Nullable
    ImageRequest shownBy(Candidate candidate) {
        for (Member member : members) {
            if (place(member.task.input()) == candidate.number) {
                return member.task.input();
            }
        }
        return null;
    }

    /** An image that is drawn alone has the only place, whichever of its prompt it is. */
    private int place(ImageRequest image) {
        return count == 1 ? 0 : image.getIndex();
    }
}
