package org.dallemini.ingest.jobs;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongBinaryOperator;

/**
 * A job's numbers. Each item of a job contributes its own, so that an item that changes takes the old ones back and
 * adds the new.
 *
 * @param numbers what is left out is 0
 */
record JobCounts(@JsonValue Map<Count, Long> numbers) {
    static final JobCounts NONE = new JobCounts(Map.of());

    /** Prompts that were taken in or refused, images, and what the stored ones took. */
    enum Count {
        @JsonProperty("prompts")
        PROMPTS,
        @JsonProperty("refused")
        REFUSED,
        @JsonProperty("requested")
        REQUESTED,
        @JsonProperty("drawn")
        DRAWN,
        @JsonProperty("decoded")
        DECODED,
        @JsonProperty("stored")
        STORED,
        @JsonProperty("failed")
        FAILED,
        @JsonProperty("canceled")
        CANCELED,
        @JsonProperty("millijoules")
        MILLIJOULES,
        @JsonProperty("co2eMicrograms")
        CO2E_MICROGRAMS
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    JobCounts {
        Map<Count, Long> all = new EnumMap<>(Count.class);
        for (Count count : Count.values()) {
            all.put(count, numbers.getOrDefault(count, 0L));
        }
        numbers = all;
    }

    /** Of prompts and images, which are fewer than an int holds. */
    int get(Count count) {
        return Math.toIntExact(sum(count));
    }

    long sum(Count count) {
        return numbers.getOrDefault(count, 0L);
    }

    JobCounts plus(JobCounts other) {
        return with(other, Long::sum);
    }

    JobCounts minus(JobCounts other) {
        return with(other, (mine, its) -> mine - its);
    }

    private JobCounts with(JobCounts other, LongBinaryOperator operation) {
        Map<Count, Long> result = new EnumMap<>(Count.class);
        numbers.forEach((count, number) -> result.put(count, operation.applyAsLong(number, other.sum(count))));
        return new JobCounts(result);
    }
}
