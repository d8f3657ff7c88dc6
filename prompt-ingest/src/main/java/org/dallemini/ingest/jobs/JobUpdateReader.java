package org.dallemini.ingest.jobs;

import static java.util.Objects.requireNonNullElse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Record;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.JobCommand;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.streams.RegistryRetry;
import org.dallemini.ingest.streams.RetryingDecoder;
import org.dallemini.prompt.CloudEvents;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.prompt.Webhook;
import org.dallemini.schemas.Ids;
import org.dallemini.schemas.ImageFootprint;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.jspecify.annotations.Nullable;

/** Reads what the pipeline's records say about jobs. Thread-safe if its deserializers are. */
final class JobUpdateReader {
    /** Of an image; more than any prompt may have. */
    private static final int MAX_IMAGES = 10_000;

    /** Of who deletes a job. */
    private static final int MAX_NAME = 128;

    private static final int MAX_IMAGE_ID_LENGTH = 2 * Ids.MAX_LENGTH;

    private final Topics topics;
    private final Deserializers deserializers;
    private final RegistryRetry registryRetry;
    private final Map<String, Source<?>> byTopic;
    private final RetryingDecoder<PromptRequest> prompts;
    private final RetryingDecoder<JobCommand> commands;
    private final RetryingDecoder<ImageDeletion> deletions;

    /** Makes deserializers, for example {@code EventSerdes}'. */
    interface Deserializers {
        <T extends SpecificRecord> Deserializer<T> of(Class<T> type);
    }

    /** An update and the job that it is about. */
    record Keyed(String jobId, JobUpdate update) {}

    /** How the records of a topic, and those of its dead letters, are read. */
    private record Source<T>(RetryingDecoder<T> decoder, Function<T, Content> content, PipelineStep reached) {
        Content read(String topic, Record<byte[], byte[]> record) throws RejectedRecordException {
            return content.apply(decoder.decode(topic, record));
        }
    }

    /** What such a record says of its image. */
    record Content(ImageRequest request, Optional<StoredImage> stored) {
        static Content of(StoredImage image) {
            return new Content(image.getRequest(), Optional.of(image));
        }
    }

    JobUpdateReader(Topics topics, Deserializers deserializers, RegistryRetry registryRetry) {
        this.topics = topics;
        this.deserializers = deserializers;
        this.registryRetry = registryRetry;
        this.prompts = decoder(PromptRequest.class);
        this.commands = decoder(JobCommand.class);
        this.deletions = decoder(ImageDeletion.class);
        Source<?> requests = source(ImageRequest.class, Function.identity(), PipelineStep.REQUESTED);
        this.byTopic = Map.of(
                topics.imageRequests(),
                requests,
                topics.bulkImageRequests(),
                requests,
                topics.imageTokens(),
                source(ImageTokens.class, ImageTokens::getRequest, PipelineStep.DRAWN),
                topics.images(),
                source(GeneratedImage.class, GeneratedImage::getRequest, PipelineStep.DECODED),
                topics.storedImages(),
                new Source<>(decoder(StoredImage.class), Content::of, PipelineStep.STORED));
    }

    private <T extends SpecificRecord> Source<T> source(
            Class<T> type, Function<T, ImageRequest> request, PipelineStep reached) {
        return new Source<>(decoder(type), value -> new Content(request.apply(value), Optional.empty()), reached);
    }

    private <T extends SpecificRecord> RetryingDecoder<T> decoder(Class<T> type) {
        return new RetryingDecoder<>(type, deserializers.of(type), registryRetry);
    }

    /** The topics that tell something. */
    static List<String> topics(Topics topics) {
        var telling = new ArrayList<>(List.of(
                topics.imageRequests(),
                topics.bulkImageRequests(),
                topics.imageTokens(),
                topics.images(),
                topics.storedImages(),
                topics.jobCommands(),
                topics.imageDeletions()));
        topics.inputs().forEach(input -> telling.add(Topics.deadLetters(input)));
        return List.copyOf(telling);
    }

    /** What a record of the pipeline's way says of its image; empty if it is another's or cannot be read. */
    Optional<Content> content(String topic, Record<byte[], byte[]> record) {
        Source<?> source = byTopic.get(topic);
        try {
            return source == null ? Optional.empty() : Optional.of(source.read(topic, record));
        } catch (RejectedRecordException e) {
            return Optional.empty();
        }
    }

    /** What a record tells; empty if it belongs to no job that could be named. */
    Optional<Keyed> read(String topic, Record<byte[], byte[]> record) {
        Source<?> source = byTopic.get(topic);
        if (source != null) {
            try {
                return image(source.read(topic, record), source.reached(), null, record.headers());
            } catch (RejectedRecordException e) {
                return Optional.empty(); // the stage that reads the topic dead-letters it, and then it counts
            }
        }
        if (topic.equals(topics.jobCommands())) {
            return command(topic, record);
        }
        if (topic.equals(topics.imageDeletions())) {
            return deletion(topic, record);
        }
        if (topic.equals(Topics.deadLetters(topics.prompts()))) {
            return refusedPrompt(record);
        }
        String original =
                topic.substring(0, topic.length() - Topics.deadLetters("").length());
        Source<?> failed = byTopic.get(original);
        return failed == null ? Optional.empty() : failedImage(original, failed, record);
    }

    private Optional<Keyed> command(String topic, Record<byte[], byte[]> record) {
        try {
            JobCommand command = commands.decode(topic, record);
            String jobId = command.getJobId();
            var wanted = new JobUpdate.Command(
                    command.getAction(), command.getRequestedAt().toEpochMilli(), by(command.getBy()));
            return Ids.isValid(jobId) ? Optional.of(new Keyed(jobId, JobUpdate.of(jobId, wanted))) : Optional.empty();
        } catch (RejectedRecordException e) {
            return Optional.empty(); // no process takes it for a command
        }
    }

    private static @Nullable String by(@Nullable String who) {
        return who == null ? null : shorten(who, MAX_NAME);
    }

    private Optional<Keyed> deletion(String topic, Record<byte[], byte[]> record) {
        try {
            ImageDeletion deletion = deletions.decode(topic, record);
            String jobId = deletion.getJobId();
            String imageId = deletion.getImageId();
            String promptId = imageId.substring(0, Math.max(0, imageId.lastIndexOf('/')));
            if (!Ids.isValid(jobId) || !Ids.isValid(promptId) || imageId.length() > MAX_IMAGE_ID_LENGTH) {
                return Optional.empty(); // no image has this id
            }
            return Optional.of(new Keyed(
                    jobId,
                    new JobUpdate(
                            promptId,
                            ItemProgress.UNKNOWN,
                            imageId,
                            ItemProgress.DELETED,
                            JobSubmission.UNKNOWN,
                            null,
                            true)));
        } catch (RejectedRecordException e) {
            return Optional.empty(); // no process takes it for a deletion
        }
    }

    private static Optional<Keyed> image(
            Content content, PipelineStep reached, @Nullable Failure failure, Headers headers) {
        ImageRequest request = content.request();
        String jobId = request.getJobId();
        String promptId = request.getPromptId();
        if (!Ids.isValid(jobId)
                || !Ids.isValid(promptId)
                || request.getImageId().length() > MAX_IMAGE_ID_LENGTH) {
            return Optional.empty(); // not written by an intake
        }
        ItemProgress progress = failure == null
                ? ItemProgress.image(reached, attempts(headers))
                : ItemProgress.failedImage(reached, failure);
        int images = Math.min(MAX_IMAGES, Math.max(1, request.getCount()));
        return Optional.of(new Keyed(
                jobId,
                new JobUpdate(
                        promptId,
                        ItemProgress.prompt(images),
                        request.getImageId(),
                        content.stored().map(image -> stored(progress, image)).orElse(progress),
                        new JobSubmission(
                                JobHeaders.prompts(headers),
                                JobHeaders.content(headers),
                                allowed(request.getLabels()),
                                request.getRequestedAt().toEpochMilli(),
                                request.getLane() == Lane.BULK,
                                Webhook.ifValid(headers).orElse(null)),
                        null,
                        true)));
    }

    private static ItemProgress stored(ItemProgress progress, StoredImage image) {
        ItemProgress placed = StoredFiles.of(image).map(progress::in).orElse(progress);
        return ImageFootprint.of(image)
                .map(took -> placed.taking(took.getEnergyJoules(), took.getCo2eGrams()))
                .orElse(placed);
    }

    private Optional<Keyed> failedImage(String topic, Source<?> source, Record<byte[], byte[]> record) {
        Failure failure = failure(source.reached(), record.headers());
        try {
            return image(source.read(topic, record), source.reached(), failure, record.headers());
        } catch (RejectedRecordException e) {
            return guess(record, failure);
        }
    }

    /**
     * Of bytes that nobody can read there is the key. It names the image and its prompt; the job has the prompt's id
     * unless somebody gave it another.
     */
    private static Optional<Keyed> guess(Record<byte[], byte[]> record, Failure failure) {
        String imageId = key(record);
        int slash = imageId == null ? -1 : imageId.lastIndexOf('/');
        if (imageId == null || slash < 0 || !Ids.isValid(imageId.substring(0, slash))) {
            return Optional.empty();
        }
        String promptId = imageId.substring(0, slash);
        return Optional.of(new Keyed(
                promptId,
                new JobUpdate(
                        promptId,
                        ItemProgress.UNKNOWN,
                        imageId,
                        ItemProgress.failedImage(PipelineStep.NONE, failure),
                        JobSubmission.UNKNOWN,
                        null,
                        false)));
    }

    private Optional<Keyed> refusedPrompt(Record<byte[], byte[]> record) {
        String key = key(record);
        String eventId = CloudEvents.id(record.headers());
        String otherwise = eventId != null ? eventId : key;
        String promptId = otherwise;
        String jobId = otherwise;
        Map<String, String> labels = Map.of();
        try {
            PromptRequest prompt = prompts.decode(topics.prompts(), record);
            promptId = requireNonNullElse(prompt.getId(), requireNonNullElse(otherwise, ""));
            jobId = requireNonNullElse(prompt.getJobId(), promptId);
            labels = allowed(prompt.getLabels());
        } catch (RejectedRecordException e) {
            // That is all there is.
        }
        if (jobId == null || !Ids.isValid(jobId)) {
            // The invalid field may be the job's id itself.
            jobId = promptId != null && Ids.isValid(promptId) ? promptId : key;
        }
        if (jobId == null || !Ids.isValid(jobId)) {
            return Optional.empty();
        }
        String named = promptId != null && Ids.isValid(promptId) ? promptId : place(record.headers(), jobId);
        Headers headers = record.headers();
        Failure failure = failure(PipelineStep.NONE, headers);
        // It may be another job's whose id was taken: nothing of this prompt must become that job's.
        boolean isStranger = failure.code().equals(ErrorCode.ID_REUSED.code());
        return Optional.of(new Keyed(
                jobId,
                new JobUpdate(
                        named,
                        ItemProgress.refusedPrompt(failure),
                        null,
                        ItemProgress.UNKNOWN,
                        new JobSubmission(
                                JobHeaders.prompts(headers),
                                null, // it would refuse a repetition of the job that has the id
                                labels,
                                Math.max(0, record.timestamp()),
                                false,
                                isStranger ? null : Webhook.ifValid(headers).orElse(null)),
                        null,
                        true)));
    }

    /** For a prompt without a usable id: where its record lies. */
    private static String place(Headers headers, String otherwise) {
        String partition = JobHeaders.text(headers, DeadLetters.PARTITION);
        String offset = JobHeaders.text(headers, DeadLetters.OFFSET);
        return partition == null || offset == null ? otherwise : "prompts-" + partition + "-" + offset;
    }

    private static Failure failure(PipelineStep at, Headers headers) {
        String message = requireNonNullElse(JobHeaders.text(headers, DeadLetters.MESSAGE), "");
        return new Failure(
                at,
                shorten(requireNonNullElse(JobHeaders.text(headers, DeadLetters.CODE), "unknown"), 64),
                shorten(requireNonNullElse(JobHeaders.text(headers, DeadLetters.STAGE), "unknown"), 64),
                shorten(message, Failure.MAX_MESSAGE_LENGTH),
                DeadLetters.attempts(headers));
    }

    /** Of a replayed record, how often it had failed before; a forged number hides no failure that follows. */
    private static int attempts(Headers headers) {
        return Math.min(DeadLetters.attempts(headers), Integer.MAX_VALUE - 1);
    }

    private static String shorten(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }

    /** None if they are not what the intake lets pass: a job's status must fit into a record. */
    private static Map<String, String> allowed(Map<String, String> labels) {
        return PromptValidator.areAllowed(labels) ? labels : Map.of();
    }

    private static @Nullable String key(Record<byte[], byte[]> record) {
        byte @Nullable [] key = record.key();
        return key == null || key.length > MAX_IMAGE_ID_LENGTH ? null : new String(key, StandardCharsets.UTF_8);
    }
}
