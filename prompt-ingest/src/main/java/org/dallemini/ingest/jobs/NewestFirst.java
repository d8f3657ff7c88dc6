package org.dallemini.ingest.jobs;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values in the order of their times, the newest first, up to a number; the same order in every process. Thread-safe.
 */
public final class NewestFirst<V> {
    private final int max;
    private final ConcurrentNavigableMap<Place, V> values = new ConcurrentSkipListMap<>();
    private final Map<String, Place> places = new HashMap<>();
    private volatile boolean complete;

    /** @param max values that are kept; the oldest go */
    public NewestFirst(int max) {
        this.max = max;
    }

    /**
     * Where a value stands: before all that are older, of several of one time the one whose id is less.
     *
     * @param time milliseconds since 1970
     */
    public record Place(long time, String id) implements Comparable<Place> {
        private static final Comparator<Place> NEWEST_FIRST =
                Comparator.comparingLong(Place::time).reversed().thenComparing(Place::id);

        /** From a text with time and id in the first two groups of the pattern; empty if it is something else. */
        public static Optional<Place> parse(String text, Pattern pattern) {
            Matcher matcher = pattern.matcher(text);
            return matcher.matches()
                    ? Optional.of(new Place(Long.parseLong(matcher.group(1)), matcher.group(2)))
                    : Optional.empty();
        }

        @Override
        public int compareTo(Place other) {
            return NEWEST_FIRST.compare(this, other);
        }
    }

    /** Adds a value, in the place of an earlier one of this id; any order will do. */
    public synchronized void put(Place place, V value) {
        Place earlier = places.put(place.id(), place);
        if (earlier != null && !earlier.equals(place)) {
            values.remove(earlier);
        }
        values.put(place, value);
        if (values.size() > max) {
            places.remove(values.pollLastEntry().getKey().id());
        }
    }

    /** Removes the value of this id, if there is one. */
    public synchronized void remove(String id) {
        Place place = places.remove(id);
        if (place != null) {
            values.remove(place);
        }
    }

    /** The value of this id. */
    public synchronized Optional<V> find(String id) {
        Place place = places.get(id);
        return place == null ? Optional.empty() : Optional.ofNullable(values.get(place));
    }

    /** @param place only values behind it; null for all */
    public NavigableMap<Place, V> behind(@Nullable Place place) {
        return place == null ? values : values.tailMap(place, false);
    }

    /** All values of before this process started have been added. */
    public void complete() {
        complete = true;
    }

    /** Whether the values of before this process started are there too. */
    public boolean isComplete() {
        return complete;
    }

    public synchronized int size() {
        return places.size();
    }
}
