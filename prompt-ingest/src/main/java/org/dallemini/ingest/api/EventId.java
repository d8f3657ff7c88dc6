package org.dallemini.ingest.api;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dallemini.events.StageTiming;
import org.dallemini.events.StoredImage;
import org.dallemini.schemas.Hashes;
import org.jspecify.annotations.Nullable;

/**
 * What a client has been sent of a job, as the id of an event: any process can go on from there. It holds no list of
 * the images but their number, and all of their hashes in one; images that were stored later than the last of them are
 * new for sure, and of those before it a single one that was seen late can be told from the hash.
 *
 * @param updatedAt of the status, in milliseconds
 * @param storedUntil when the last of the images was stored, in milliseconds
 * @param images how many
 * @param hash all of their hashes, combined by exclusive or
 * @param isEnd whether the client was told that the job has ended
 */
record EventId(long updatedAt, long storedUntil, int images, long hash, boolean isEnd) {
    static final EventId NONE = new EventId(0, 0, 0, 0, false);

    private static final Pattern TEXT = Pattern.compile("(\\d{1,18})-(\\d{1,18})-(\\d{1,9})-([0-9a-f]{1,16})(-end)?");

    /** Empty if it is none of ours. */
    static Optional<EventId> parse(@Nullable String text) {
        Matcher fields = TEXT.matcher(text == null ? "" : text);
        return fields.matches()
                ? Optional.of(new EventId(
                        Long.parseLong(fields.group(1)),
                        Long.parseLong(fields.group(2)),
                        Integer.parseInt(fields.group(3)),
                        Long.parseUnsignedLong(fields.group(4), 16),
                        fields.group(5) != null))
                : Optional.empty();
    }

    /** 64 bits of an image's id. */
    static long hashOf(String imageId) {
        return ByteBuffer.wrap(Hashes.sha256(imageId)).getLong();
    }

    private static long storedAt(StoredImage image) {
        StageTiming timing = image.getStoreTiming();
        return Math.max(0, timing.getStartedAt().toEpochMilli() + timing.getDurationMillis());
    }

    /** Whether the image may be among those that were sent. */
    boolean mayHold(StoredImage image) {
        return storedAt(image) <= storedUntil;
    }

    /**
     * Those that were sent, as far as that is known.
     *
     * @param candidates hashes of all images that {@linkplain #mayHold may be} among them
     * @return empty if that is not known
     */
    Optional<Set<Long>> sentOf(Set<Long> candidates) {
        long late = hash;
        for (long candidate : candidates) {
            late ^= candidate;
        }
        if (candidates.size() == images && late == 0) {
            return Optional.of(candidates);
        }
        Set<Long> sent = new HashSet<>(candidates);
        return candidates.size() == images + 1 && sent.remove(late) ? Optional.of(sent) : Optional.empty();
    }

    EventId with(StoredImage image, long imageHash) {
        return new EventId(updatedAt, Math.max(storedUntil, storedAt(image)), images + 1, hash ^ imageHash, false);
    }

    EventId withStatus(long updated) {
        return new EventId(updated, storedUntil, images, hash, false);
    }

    EventId withEnd() {
        return new EventId(updatedAt, storedUntil, images, hash, true);
    }

    @Override
    public String toString() {
        return updatedAt + "-" + storedUntil + "-" + images + "-" + Long.toHexString(hash) + (isEnd ? "-end" : "");
    }
}
