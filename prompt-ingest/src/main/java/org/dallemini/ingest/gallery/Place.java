package org.dallemini.ingest.gallery;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dallemini.events.StageTiming;
import org.dallemini.events.StoredImage;

/**
 * Where an image stands in the gallery: what was stored later comes first. The same in every process.
 *
 * @param storedAt milliseconds since 1970
 */
record Place(long storedAt, String imageId) implements Comparable<Place> {
    private static final Comparator<Place> NEWEST_FIRST =
            Comparator.comparingLong(Place::storedAt).reversed().thenComparing(Place::imageId);
    private static final Pattern TEXT = Pattern.compile("(\\d{1,15})\\.([A-Za-z0-9._-]{1,128}/\\d{1,5})");

    static Place of(StoredImage image) {
        StageTiming timing = image.getStoreTiming();
        return new Place(
                timing.getStartedAt().toEpochMilli() + timing.getDurationMillis(),
                image.getRequest().getImageId());
    }

    /** From what {@link #toString} gave; empty if it is something else. */
    static Optional<Place> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches()
                ? Optional.of(new Place(Long.parseLong(matcher.group(1)), matcher.group(2)))
                : Optional.empty();
    }

    @Override
    public int compareTo(Place other) {
        return NEWEST_FIRST.compare(this, other);
    }

    @Override
    public String toString() {
        return storedAt + "." + imageId;
    }
}
