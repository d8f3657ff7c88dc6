package org.dallemini.deadletters;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.PromptRequest;
import org.dallemini.schemas.Ids;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.Failures;
import org.jspecify.annotations.Nullable;

/** Which jobs dead letters belong to, as the job tracker has it. Not thread-safe. */
final class LetterJobs implements AutoCloseable {
    private final Map<String, Source<?>> byTopic = new HashMap<>();

    /** How the letters of a topic are read, and the job that one names. */
    private record Source<T extends SpecificRecord>(Deserializer<T> deserializer, Function<T, @Nullable String> job) {
        @Nullable
        String read(DeadLetter letter) {
            T record = deserializer.deserialize(
                    letter.record().topic(),
                    new RecordHeaders(letter.record().headers()),
                    letter.record().value());
            return record == null ? null : job.apply(record);
        }
    }

    /** @param serde settings of the registry */
    LetterJobs(Topics topics, Map<String, ?> serde) {
        var prompts = new Source<>(
                EventSerdes.deserializer(PromptRequest.class, serde),
                prompt -> prompt.getJobId() != null ? prompt.getJobId() : prompt.getId());
        var requests = new Source<>(EventSerdes.deserializer(ImageRequest.class, serde), ImageRequest::getJobId);
        var tokens = new Source<>(EventSerdes.deserializer(ImageTokens.class, serde), image -> image.getRequest()
                .getJobId());
        var images = new Source<>(EventSerdes.deserializer(GeneratedImage.class, serde), image -> image.getRequest()
                .getJobId());
        byTopic.put(Topics.deadLetters(topics.prompts()), prompts);
        byTopic.put(Topics.deadLetters(topics.imageRequests()), requests);
        byTopic.put(Topics.deadLetters(topics.bulkImageRequests()), requests);
        byTopic.put(Topics.deadLetters(topics.imageTokens()), tokens);
        byTopic.put(Topics.deadLetters(topics.images()), images);
    }

    /**
     * The job that the letter's record names; without one, or where it cannot be read, the prompt is taken for a job of
     * its own.
     *
     * @throws SerializationException if the registry does not answer
     */
    Optional<String> jobOf(DeadLetter letter) {
        String named = named(letter);
        if (named != null) {
            return Optional.of(named);
        }
        String key = letter.key();
        int slash = key.lastIndexOf('/');
        String prompt = slash < 0 ? key : key.substring(0, slash);
        return Ids.isValid(prompt) ? Optional.of(prompt) : Optional.empty();
    }

    private @Nullable String named(DeadLetter letter) {
        Source<?> source = byTopic.get(letter.record().topic());
        if (source == null || letter.record().value() == null) {
            return null;
        }
        try {
            return source.read(letter);
        } catch (SerializationException e) {
            if (Failures.isOutage(e) || Failures.isFatal(e)) {
                throw e;
            }
            return null; // that may be why it was set aside
        }
    }

    @Override
    public void close() {
        byTopic.values().forEach(source -> source.deserializer().close());
    }
}
