package org.dallemini.ingest.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Keeps the parts of each job and its numbers, and says whenever they change. */
final class JobProcessor implements FixedKeyProcessor<String, JobFact, byte[]> {
    static final String PARTS = "job-parts";
    static final String TALLIES = "job-tallies";

    private static final byte[] CHANGED = {};

    private @Nullable FixedKeyProcessorContext<String, byte[]> context;
    private @Nullable KeyValueStore<String, Part> parts;
    private @Nullable KeyValueStore<String, JobTally> tallies;

    @Override
    public void init(FixedKeyProcessorContext<String, byte[]> context) {
        this.context = context;
        this.parts = context.getStateStore(PARTS);
        this.tallies = context.getStateStore(TALLIES);
    }

    @Override
    public void process(FixedKeyRecord<String, JobFact> record) {
        FixedKeyProcessorContext<String, byte[]> here = Objects.requireNonNull(context, "init() has not been called");
        KeyValueStore<String, JobTally> jobs = Objects.requireNonNull(tallies);
        String jobId = record.key();
        JobFact fact = record.value();
        JobTally known = jobs.get(jobId);
        if (known == null && !fact.certain()) {
            return; // no job has the id that was guessed
        }
        JobTally before = known == null ? JobTally.EMPTY : known;
        JobTally now = before.with(fact);
        String imageId = fact.imageId();
        if (imageId != null) {
            Part[] image = learn(jobId, imageId, fact.image());
            now = now.with(imageId, image[1], image[0].countsOfImage(), image[1].countsOfImage());
        }
        if (!fact.prompt().equals(Part.UNKNOWN)) {
            Part[] prompt = learn(jobId, fact.promptId(), fact.prompt());
            now = now.with(fact.promptId(), prompt[1], prompt[0].countsOfPrompt(), prompt[1].countsOfPrompt());
        }
        if (now.lacksNames()) {
            now = now.naming(failures(jobId));
        }
        if (now.equals(before)) {
            return; // told before
        }
        now = now.changedAt(here.currentSystemTimeMs());
        jobs.put(jobId, now);
        if (now.isKnown()) {
            here.forward(record.withValue(CHANGED).withTimestamp(now.updatedAt()));
        }
    }

    /** What was known of a part before, and what is now. */
    private Part[] learn(String jobId, String part, Part news) {
        KeyValueStore<String, Part> store = Objects.requireNonNull(parts);
        String key = ImageFiler.key(jobId, part);
        Part known = store.get(key);
        Part before = known == null ? Part.UNKNOWN : known;
        Part after = before.merge(news);
        if (!after.equals(before)) {
            store.put(key, after);
        }
        return new Part[] {before, after};
    }

    private List<Failed> failures(String jobId) {
        List<Failed> found = new ArrayList<>();
        String prefix = ImageFiler.key(jobId, "");
        try (KeyValueIterator<String, Part> all = ofJob(jobId, Objects.requireNonNull(parts))) {
            while (all.hasNext() && found.size() < JobTally.MOST_FAILURES) {
                KeyValue<String, Part> part = all.next();
                Failure failure = part.value.end();
                if (failure != null && part.value.isFailed()) {
                    found.add(new Failed(part.key.substring(prefix.length()), failure));
                }
            }
        }
        return found;
    }

    /** All parts of a job. No id of a job holds a slash, so no job's prefix begins another's. */
    static KeyValueIterator<String, Part> ofJob(String jobId, KeyValueStore<String, Part> parts) {
        return parts.prefixScan(ImageFiler.key(jobId, ""), new StringSerializer());
    }
}
