package org.dallemini.ingest.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.dallemini.events.JobStatus;
import org.dallemini.stage.Failures;
import org.jspecify.annotations.Nullable;

/** Answers from the local copy of the topic {@code jobs}. */
final class JobsView implements Jobs {
    /** A query that finds little ends here and says where to go on: its time is bounded however many jobs there are. */
    private static final int MOST_LOOKED_AT = 10_000;

    private final Supplier<ReadOnlyKeyValueStore<String, byte[]>> store;
    private final Deserializer<JobStatus> deserializer;
    private final String topic;

    /** @param deserializer thread-safe */
    JobsView(
            Supplier<ReadOnlyKeyValueStore<String, byte[]>> store, Deserializer<JobStatus> deserializer, String topic) {
        this.store = store;
        this.deserializer = deserializer;
        this.topic = topic;
    }

    @Override
    public Optional<JobStatus> find(String jobId) {
        return ask(jobs -> {
            byte[] value = jobs.get(jobId);
            return value == null ? Optional.empty() : status(value);
        });
    }

    @Override
    public Page list(Predicate<JobStatus> filter, @Nullable String after, int limit) {
        return ask(jobs -> {
            List<JobStatus> found = new ArrayList<>();
            String last = null;
            try (KeyValueIterator<String, byte[]> all = jobs.range(after, null)) {
                for (int i = 0; i < MOST_LOOKED_AT && found.size() < limit && all.hasNext(); i++) {
                    KeyValue<String, byte[]> job = all.next();
                    last = job.key;
                    if (!job.key.equals(after)) {
                        status(job.value).filter(filter).ifPresent(found::add);
                    }
                }
                return new Page(found, all.hasNext() ? last : null);
            }
        });
    }

    private <T> T ask(Function<ReadOnlyKeyValueStore<String, byte[]>, T> question) {
        try {
            return question.apply(store.get());
        } catch (KafkaException e) { // the store is closed or being restored, or the registry does not answer
            throw new JobsUnavailableException("The state of the jobs is not there: " + Failures.describe(e), e);
        }
    }

    /** Empty if somebody has written something else to the topic. */
    private Optional<JobStatus> status(byte[] value) {
        try {
            return Optional.of(deserializer.deserialize(topic, value));
        } catch (SerializationException e) {
            if (Failures.isOutage(e) || Failures.isFatal(e)) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
