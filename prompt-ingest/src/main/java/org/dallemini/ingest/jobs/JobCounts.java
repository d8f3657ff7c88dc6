package org.dallemini.ingest.jobs;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntBinaryOperator;

/**
 * A job's numbers. Each item of a job contributes its own, so that an item that changes takes the old ones back and
 * adds the new.
 *
 * @param numbers what is left out is 0
 */
record JobCounts(@JsonValue Map<Count, Integer> numbers) {
    static final JobCounts NONE = new JobCounts(Map.of());

    /** Prompts that were taken in or refused, and images. */
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
        CANCELED
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    JobCounts {
        Map<Count, Integer> all = new EnumMap<>(Count.class);
        for (Count count : Count.values()) {
            all.put(count, numbers.getOrDefault(count, 0));
        }
        numbers = all;
    }

    int get(Count count) {
        return numbers.getOrDefault(count, 0);
    }

    JobCounts plus(JobCounts other) {
        return with(other, Integer::sum);
    }

    JobCounts minus(JobCounts other) {
        return with(other, (mine, its) -> mine - its);
    }

    private JobCounts with(JobCounts other, IntBinaryOperator operation) {
        Map<Count, Integer> result = new EnumMap<>(Count.class);
        numbers.forEach((count, number) -> result.put(count, operation.applyAsInt(number, other.get(count))));
        return new JobCounts(result);
    }
}
