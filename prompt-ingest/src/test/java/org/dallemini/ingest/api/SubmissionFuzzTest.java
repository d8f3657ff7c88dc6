package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.webhooks.WebhookRules;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.prompt.Verdict.Accepted;
import org.dallemini.schemas.Ids;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.BeforeAll;

/** Whatever the body: prompts that the intake takes as they are published, or a problem that says what and where. */
class SubmissionFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final int MAX_PROMPTS = 3;
    private static final PromptValidator VALIDATOR = new PromptValidator(PromptLimits.DEFAULT);
    private static final SubmissionParser PARSER = new SubmissionParser(
            (caller, prompt) -> VALIDATOR.validateContent(prompt),
            1 << 20,
            MAX_PROMPTS,
            () -> "drawn",
            WebhookRules.NONE);
    private static final ObjectMapper JSON = new ObjectMapper();

    @BeforeAll
    static void trust() {
        TrustedEvents.allow();
    }

    @FuzzTest
    void shouldUnderstandOrSayWhyNot(byte[] body) throws IOException, RefusedRequestException {
        Submission submission;
        try {
            submission = PARSER.parse(Caller.ANYBODY, body, Optional.empty());
        } catch (RefusedRequestException e) {
            check(e.problem());
            return;
        }
        check(submission);
        // The same request again is the same job again.
        assertThat(PARSER.parse(Caller.ANYBODY, body, Optional.empty()).content())
                .isEqualTo(submission.content());
    }

    private static void check(Problem problem) throws JsonProcessingException {
        assertThat(problem.status()).isBetween(400, 499);
        assertThat(problem.code()).matches("[a-z-]+");
        assertThat(problem.detail()).isNotBlank().hasSizeLessThan(2_000);
        assertThat(problem.pointer()).satisfiesAnyOf(none -> assertThat(none).isNull(), some -> assertThat(some)
                .matches("(/[ -~]*)?"));
        assertThat(JSON.writeValueAsBytes(problem.fields())).isNotEmpty();
    }

    private static void check(Submission submission) throws IOException {
        assertThat(Ids.isValid(submission.jobId())).isTrue();
        assertThat(submission.prompts()).hasSizeBetween(1, MAX_PROMPTS);
        assertThat(submission.prompts()).extracting(PromptRequest::getId).doesNotHaveDuplicates();
        assertThat(submission.images()).isBetween(1, MAX_PROMPTS * PromptLimits.DEFAULT.maxImages());
        boolean isLate = SubmissionParser.late(submission, NOW).isPresent();
        for (PromptRequest prompt : submission.prompts()) {
            assertThat(prompt.getJobId()).isEqualTo(submission.jobId());
            ByteBuffer bytes = PromptRequest.getEncoder().encode(prompt);
            PromptRequest published = PromptRequest.getDecoder().decode(bytes);
            assertThat(published).isEqualTo(prompt);
            assertThat(isLate || VALIDATOR.validate(published, NOW) instanceof Accepted)
                    .as("the intake takes %s in", published)
                    .isTrue();
        }
    }
}
