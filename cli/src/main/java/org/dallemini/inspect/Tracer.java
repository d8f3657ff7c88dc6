package org.dallemini.inspect;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.StageTiming;
import org.dallemini.events.StoredImage;
import org.dallemini.schemas.Ids;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.Failures;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/**
 * Follows images through the topics. It begins at the end of the flow, since what is stored says when everything else
 * was done, and so where to look; the topic of pictures is searched only around that time. Not thread-safe.
 */
public final class Tracer implements AutoCloseable {
    private final Topics topics;
    private final Map<String, Object> serde;
    private final KeySearch search;
    private final DeadLetterLog letters;
    private final Instant since;

    /**
     * @param since records before this time are not looked at
     * @param progress told what is looked through
     */
    public Tracer(StageConfig config, Admin admin, Instant since, Consumer<String> progress) {
        this.topics = config.topics();
        this.serde = config.serde();
        this.search = new KeySearch(config, admin, since, progress);
        this.letters = DeadLetterLog.open(config, admin);
        this.since = since;
    }

    /** What is known of an image; the id is {@code prompt/index}. */
    public ImageTrace image(String imageId) {
        String promptId = imageId.substring(0, imageId.lastIndexOf('/'));
        Evidence found = evidence(imageId);
        Instant requested = found.request == null ? null : found.request.getRequestedAt();
        var steps = new ArrayList<Step>();
        search.findAnywhere(topics.prompts(), promptId, requested).map(Step::of).ifPresent(steps::add);
        for (String topic : List.of(topics.imageRequests(), topics.bulkImageRequests())) {
            search.find(topic, imageId, requested, null).ifPresent(record -> add(steps, record, null));
        }
        add(steps, found.tokens, found.tokenTiming);
        add(steps, found.picture, found.decodeTiming);
        add(steps, found.event, found.storeTiming);
        ImageRequest request = found.request != null ? found.request : request(steps, imageId);
        ImageDeletion deletion = search.find(topics.imageDeletions(), imageId, null, null)
                .map(record -> value(ImageDeletion.class, record))
                .orElse(null);
        return new ImageTrace(imageId, steps, request, found.stored, deletion, lettersOf(promptId, imageId));
    }

    /** All images of a prompt, as far as it is known how many there are; none if it is not known at all. */
    public List<ImageTrace> prompt(String promptId) {
        int count = count(promptId);
        var traces = new ArrayList<ImageTrace>();
        for (int index = 0; index < Math.max(1, count); index++) {
            traces.add(image(Ids.imageId(promptId, index)));
        }
        return traces.stream().filter(ImageTrace::isKnown).toList();
    }

    private int count(String promptId) {
        return search.findAnywhere(topics.prompts(), promptId, null)
                .map(record -> value(PromptRequest.class, record))
                .map(PromptRequest::getCount)
                .or(() -> Optional.ofNullable(evidence(Ids.imageId(promptId, 0)).request)
                        .map(ImageRequest::getCount))
                .orElse(0);
    }

    /** The records from the tokens on. */
    private static final class Evidence {
        private @Nullable ConsumerRecord<byte[], byte[]> tokens;
        private @Nullable ConsumerRecord<byte[], byte[]> picture;
        private @Nullable ConsumerRecord<byte[], byte[]> event;
        private @Nullable StageTiming tokenTiming;
        private @Nullable StageTiming decodeTiming;
        private @Nullable StageTiming storeTiming;
        private @Nullable ImageRequest request;
        private @Nullable StoredImage stored;
    }

    private Evidence evidence(String imageId) {
        var found = new Evidence();
        found.event = search.find(topics.storedImages(), imageId, null, null).orElse(null);
        found.stored = value(StoredImage.class, found.event);
        if (found.stored != null) {
            found.request = found.stored.getRequest();
            found.tokenTiming = found.stored.getTokenTiming();
            found.decodeTiming = found.stored.getDecodeTiming();
            found.storeTiming = found.stored.getStoreTiming();
        }
        found.tokens = search.find(topics.imageTokens(), imageId, start(found.tokenTiming), start(found.storeTiming))
                .orElse(null);
        ImageTokens tokens = value(ImageTokens.class, found.tokens);
        if (tokens != null && found.stored == null) {
            found.request = tokens.getRequest();
            found.tokenTiming = tokens.getTiming();
        }
        if (found.tokenTiming != null) { // else there is no picture either
            found.picture = search.find(topics.images(), imageId, start(found.tokenTiming), start(found.storeTiming))
                    .orElse(null);
        }
        if (found.picture != null && found.decodeTiming == null) {
            GeneratedImage picture = value(GeneratedImage.class, found.picture);
            found.decodeTiming = picture == null ? null : picture.getDecodeTiming();
        }
        return found;
    }

    private @Nullable ImageRequest request(List<Step> steps, String imageId) {
        return steps.isEmpty()
                ? null
                : search.find(topics.imageRequests(), imageId, null, null)
                        .or(() -> search.find(topics.bulkImageRequests(), imageId, null, null))
                        .map(record -> value(ImageRequest.class, record))
                        .orElse(null);
    }

    private List<DeadLetter> lettersOf(String promptId, String imageId) {
        var found = new ArrayList<DeadLetter>();
        letters.sectionsSince(since)
                .forEach(section -> letters.read(section, letter -> {
                    if (letter.key().equals(promptId) || letter.key().equals(imageId)) {
                        found.add(letter);
                    }
                    return true;
                }));
        return found;
    }

    private static @Nullable Instant start(@Nullable StageTiming timing) {
        return timing == null ? null : timing.getStartedAt();
    }

    private static void add(
            List<Step> steps, @Nullable ConsumerRecord<byte[], byte[]> record, @Nullable StageTiming timing) {
        if (record == null) {
            return;
        }
        Step bare = Step.of(record);
        Instant begun = timing == null ? bare.time() : timing.getStartedAt();
        Duration waited = steps.isEmpty()
                ? null
                : Duration.between(steps.get(steps.size() - 1).time(), begun);
        steps.add(new Step(
                bare.topic(),
                bare.partition(),
                bare.offset(),
                bare.time(),
                waited == null || waited.isNegative() ? null : waited, // clocks differ
                timing == null ? null : Duration.ofMillis(timing.getDurationMillis())));
    }

    /** Null if it cannot be read. */
    private <T extends SpecificRecord> @Nullable T value(
            Class<T> type, @Nullable ConsumerRecord<byte[], byte[]> record) {
        if (record == null) {
            return null;
        }
        try (Deserializer<T> deserializer = EventSerdes.deserializer(type, serde)) {
            return deserializer.deserialize(record.topic(), record.headers(), record.value());
        } catch (SerializationException e) {
            if (Failures.isOutage(e) || Failures.isFatal(e)) {
                throw e;
            }
            return null;
        }
    }

    @Override
    public void close() {
        search.close();
        letters.close();
    }
}
