package org.dallemini.deadletters;

import java.time.Instant;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant; all that is given must hold.
 *
 * @param codes error codes, one of them; empty for any
 * @param since set aside at this moment or later; null for any
 * @param before set aside earlier than this; null for any
 * @param id of a prompt, which its images have part in, or of an image; with {@code *} at its end the beginning of one;
 *     null for any
 */
public record LetterFilter(
        Set<String> codes,
        @Nullable Instant since,
        @Nullable Instant before,
        @Nullable String id) implements Predicate<DeadLetter> {
    /** All there are. */
    public static final LetterFilter ALL = new LetterFilter(Set.of(), null, null, null);

    public LetterFilter {
        codes = Set.copyOf(codes);
    }

    @Override
    public boolean test(DeadLetter letter) {
        return (codes.isEmpty() || codes.contains(letter.code()))
                && (since == null || !letter.time().isBefore(since))
                && (before == null || letter.time().isBefore(before))
                && (id == null || isOf(id, letter.key()));
    }

    private static boolean isOf(String id, String key) {
        return id.endsWith("*")
                ? key.startsWith(id.substring(0, id.length() - 1))
                : key.equals(id) || key.startsWith(id + "/");
    }
}
