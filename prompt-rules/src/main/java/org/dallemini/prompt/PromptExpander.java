package org.dallemini.prompt;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.PromptVerdict;
import org.dallemini.events.Sampling;
import org.dallemini.schemas.Hashes;
import org.dallemini.schemas.Ids;
import org.jspecify.annotations.Nullable;

/**
 * Makes one request for each image of a valid prompt, with everything resolved but what only the model knows. Depends
 * on nothing but the record, so that a record that is read twice gives the same requests.
 */
public final class PromptExpander {

    private PromptExpander() {}

    /**
     * The prompt's own id; else that of the event that its record is, whose key may be shared by many; else its
     * record's key, if that is a valid id; else topic, partition, offset and time of the record, which tells records of
     * a topic from those of an earlier one of its name.
     */
    public static String idOf(PromptRequest prompt, PromptOrigin origin) {
        if (prompt.getId() != null) {
            return prompt.getId();
        }
        if (origin.eventId() != null) {
            return origin.eventId();
        }
        if (origin.key() != null && Ids.isValid(origin.key())) {
            return origin.key();
        }
        String time = Long.toString(origin.timestamp().toEpochMilli(), Character.MAX_RADIX);
        String place = "-" + origin.partition() + "-" + origin.offset() + "-" + time;
        String coordinates = origin.topic() + place;
        // A topic's name may be longer than an id, or start with a dot.
        return Ids.isValid(coordinates) ? coordinates : "t" + Hashes.hex(origin.topic(), 8) + place;
    }

    /**
     * The requests of a prompt, image 0 first.
     *
     * @param id as {@link #idOf} gives it
     * @param verdict of the prompt filter, if it has judged the prompt
     */
    public static List<ImageRequest> expand(
            PromptRequest prompt, String id, PromptOrigin origin, @Nullable PromptVerdict verdict) {
        long seed = prompt.getSeed() != null ? prompt.getSeed() : seedOf(id);
        String jobId = Objects.requireNonNullElse(prompt.getJobId(), id);
        boolean isChosen = prompt.getBestOf() != null && prompt.getBestOf() > prompt.getCount();
        Sampling sampling = prompt.getSampling() != null ? prompt.getSampling() : modelDefaults();
        return IntStream.range(0, prompt.getCount())
                .mapToObj(index -> ImageRequest.newBuilder()
                        .setImageId(Ids.imageId(id, index))
                        .setPromptId(id)
                        .setIndex(index)
                        .setCount(prompt.getCount())
                        .setJobId(jobId)
                        .setText(prompt.getText())
                        .setNegativeText(prompt.getNegativeText())
                        .setSeed(seed + index)
                        .setSampling(sampling)
                        .setLane(prompt.getLane())
                        .setLabels(prompt.getLabels())
                        .setDeadline(prompt.getDeadline())
                        .setRequestedAt(origin.timestamp())
                        .setPrefix(prompt.getPrefix())
                        .setPromptVerdict(verdict)
                        .setOutput(prompt.getOutput())
                        .setRedraw(prompt.getRedraw())
                        .setCandidates(isChosen ? prompt.getBestOf() : 1)
                        .build())
                .toList();
    }

    /** The seed of a prompt that names none: the first 31 bits of the SHA-256 of its id. */
    public static long seedOf(String id) {
        return Integer.toUnsignedLong(ByteBuffer.wrap(Hashes.sha256(id)).getInt()) >>> 1;
    }

    private static Sampling modelDefaults() {
        return Sampling.newBuilder().build();
    }
}
