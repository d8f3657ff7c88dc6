package org.dallemini.deadletters;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Moments as people say them: how long ago, in how long, or when. */
public final class TimeText {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})([smhd])");

    private TimeText() {}

    /**
     * Reads {@code 30s}, {@code 15m}, {@code 2h} or {@code 7d} (ago), {@code 2026-01-31} (the beginning of that day, in
     * UTC) or {@code 2026-01-31T12:00:00Z} (or with an offset such as {@code +02:00}).
     *
     * @throws IllegalArgumentException if it is none of these; the message says what to write
     */
    public static Instant parse(String text, Instant now) {
        Duration ago = duration(text);
        if (ago != null) {
            return now.minus(ago);
        }
        try {
            return text.contains("T")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no moment: write 30s, 15m, 2h or 7d for so long ago, or 2026-01-31, or"
                            + " 2026-01-31T12:00:00Z",
                    e);
        }
    }

    /**
     * Reads {@code 30s}, {@code 15m}, {@code 2h} or {@code 7d} (from now on, to the second) or
     * {@code 2026-01-31T12:00:00Z} (or with an offset such as {@code +02:00}).
     *
     * @throws IllegalArgumentException if it is none of these; the message says what to write
     */
    public static Instant parseDeadline(String text, Instant now) {
        Duration ahead = duration(text);
        if (ahead != null) {
            return now.plus(ahead).truncatedTo(ChronoUnit.SECONDS);
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no moment: write 30s, 15m, 2h or 7d for so long from now on, or"
                            + " 2026-01-31T12:00:00Z",
                    e);
        }
    }

    private static @Nullable Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }
}
