package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.http.RefusedRequestException;
import org.junit.jupiter.api.Test;

class IntakeGateTest {
    private static final Submission SUBMISSION = new Submission(
            "job",
            List.of(PromptRequest.newBuilder().setText("a cat").setId("job").build()));

    private final List<String> published = new ArrayList<>();
    private final AtomicReference<Optional<String>> obstacle = new AtomicReference<>(Optional.empty());
    private final IntakeGate gate = new IntakeGate(
            new JobPublisher() {
                @Override
                public void publish(Submission submission) {
                    published.add(submission.jobId());
                }

                @Override
                public void close() {
                    published.add("closed");
                }
            },
            obstacle::get);

    @Test
    void shouldPublishNothingWhileTheIntakeCannotWork() throws Exception {
        // Given
        obstacle.set(Optional.of("prompt-ingest: missing topics: image-requests"));

        // When, Then
        assertThatThrownBy(() -> gate.publish(SUBMISSION))
                .isInstanceOfSatisfying(RefusedRequestException.class, refused -> {
                    assertThat(refused.problem().status()).isEqualTo(503);
                    assertThat(refused.problem().headers()).containsKey("Retry-After");
                    assertThat(refused.problem().detail()).contains("missing topics: image-requests", "the id job");
                });
        assertThat(published).isEmpty();

        // When
        obstacle.set(Optional.empty());
        gate.publish(SUBMISSION);
        gate.close();

        // Then
        assertThat(published).containsExactly("job", "closed");
    }
}
