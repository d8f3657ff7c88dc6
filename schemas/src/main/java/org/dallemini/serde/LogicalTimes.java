package org.dallemini.serde;

import java.time.Instant;
import java.util.Objects;
import org.apache.avro.Schema;
import org.dallemini.serde.Conversion.Step;
import org.jspecify.annotations.Nullable;

/** Moments, which a writer may have in another unit than we do. What is finer than a millisecond is cut off. */
final class LogicalTimes {
    static final String MILLIS = "timestamp-millis";
    static final String WANTED = "a long of the logical type timestamp-millis, timestamp-micros or timestamp-nanos";

    /** The end of the year 9999 in milliseconds: what is later was meant in another unit. */
    private static final long END = 253_402_300_799_999L;

    private LogicalTimes() {}

    /** @return null if the writer's type is no moment, or one without a time zone or a known unit */
    static @Nullable Step step(Schema writer) {
        if (writer.getType() != Schema.Type.LONG) {
            return null;
        }
        String unit = writer.getProp("logicalType");
        if (unit == null) {
            return Step.ours(value -> bare((Long) Objects.requireNonNull(value)));
        }
        return switch (unit) {
            case MILLIS -> new Step(value -> moment(value, 1), true);
            case "timestamp-micros" -> Step.ours(value -> moment(value, 1_000));
            case "timestamp-nanos" -> Step.ours(value -> moment(value, 1_000_000));
            default -> null;
        };
    }

    private static Instant moment(@Nullable Object value, long unitsOfMillisecond) {
        return Instant.ofEpochMilli(Math.floorDiv((Long) Objects.requireNonNull(value), unitsOfMillisecond));
    }

    /** A long that does not say what it is: milliseconds, as our schema says. */
    private static Instant bare(long millis) throws UnfitValueException {
        if (millis > END) {
            throw new UnfitValueException(
                    millis + " is a long without a logical type, so milliseconds, which would be after the year 9999:"
                            + " write " + WANTED);
        }
        return Instant.ofEpochMilli(millis);
    }
}
