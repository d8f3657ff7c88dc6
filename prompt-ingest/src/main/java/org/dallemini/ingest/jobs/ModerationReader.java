package org.dallemini.ingest.jobs;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Record;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageVerdict;
import org.dallemini.events.ModerationDecision;
import org.dallemini.events.ModerationOutcome;
import org.dallemini.events.PromptVerdict;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.jobs.JobUpdateReader.Content;
import org.dallemini.ingest.jobs.JobUpdateReader.Keyed;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Reads what the pipeline's records say about decisions of the filters, and of people who have released something. */
final class ModerationReader {
    private static final String INTAKE = "prompt-ingest", DECODER = "image-decoder";

    private final Topics topics;
    private final JobUpdateReader reader;

    ModerationReader(Topics topics, JobUpdateReader reader) {
        this.topics = topics;
        this.reader = reader;
    }

    /**
     * The decision that a record tells of, if it does.
     *
     * @param place of the record, as in {@code prompts.dlq 0:12}
     */
    Optional<ModerationDecision> read(String topic, Record<byte[], byte[]> record, String place) {
        Instant time = Instant.ofEpochMilli(Math.max(0, record.timestamp()));
        if (topic.endsWith(Topics.deadLetters(""))) {
            return reader.read(topic, record).flatMap(keyed -> refusal(keyed, place, time));
        }
        if (topic.equals(topics.storedImages())) {
            return reader.content(topic, record).flatMap(content -> ofImage(content, time));
        }
        boolean isRequest = topic.equals(topics.imageRequests()) || topic.equals(topics.bulkImageRequests());
        return isRequest
                ? reader.content(topic, record).flatMap(content -> ofPrompt(content.request(), time))
                : Optional.empty();
    }

    private static Optional<ModerationDecision> refusal(Keyed keyed, String place, Instant time) {
        JobUpdate update = keyed.update();
        boolean isImage = update.imageId() != null;
        Failure failure = (isImage ? update.image() : update.prompt()).failure();
        if (failure == null || !failure.code().equals(ErrorCode.CONTENT_POLICY.code())) {
            return Optional.empty();
        }
        String subject = isImage ? Objects.requireNonNull(update.imageId()) : update.promptId();
        return Optional.of(decision(subject, keyed.jobId(), failure.stage(), time)
                .setDecision(ModerationOutcome.REFUSED)
                .setLetter(place)
                .setReason(failure.message())
                .build());
    }

    /** By the first of its images: one is enough. */
    private static Optional<ModerationDecision> ofPrompt(ImageRequest request, Instant time) {
        PromptVerdict verdict = request.getPromptVerdict();
        if (request.getIndex() != 0 || verdict == null || verdict.getMark() == null) {
            return Optional.empty();
        }
        return Optional.of(passed(
                        decision(request.getPromptId(), request.getJobId(), INTAKE, time),
                        verdict.getMark(),
                        verdict.getReleasedBy(),
                        verdict.getReleaseReason())
                .setJudge(verdict.getPolicy())
                .build());
    }

    private static Optional<ModerationDecision> ofImage(Content content, Instant time) {
        ImageRequest request = content.request();
        return content.stored()
                .map(StoredImage::getVerdict)
                .filter(verdict -> verdict.getMark() != null)
                .map(verdict -> ofImage(request, verdict, time));
    }

    private static ModerationDecision ofImage(ImageRequest request, ImageVerdict verdict, Instant time) {
        return passed(
                        decision(request.getImageId(), request.getJobId(), DECODER, time),
                        verdict.getMark(),
                        verdict.getReleasedBy(),
                        verdict.getReleaseReason())
                .setJudge(verdict.getClassifier())
                .setScores(Map.copyOf(verdict.getScores()))
                .build();
    }

    private static ModerationDecision.Builder passed(
            ModerationDecision.Builder decision, String mark, @Nullable String by, @Nullable String reason) {
        return decision.setCategory(mark)
                .setDecision(by == null ? ModerationOutcome.MARKED : ModerationOutcome.RELEASED)
                .setReleasedBy(by)
                .setReason(reason == null ? "let pass with a mark" : reason);
    }

    private static ModerationDecision.Builder decision(String subject, String jobId, String stage, Instant time) {
        return ModerationDecision.newBuilder()
                .setSubject(subject)
                .setJobId(jobId)
                .setStage(stage)
                .setDecidedAt(time);
    }
}
