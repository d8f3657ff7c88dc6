package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.http.RefusedRequestException;
import org.junit.jupiter.api.Test;

class DeletedJobsGateTest {
    private final List<String> published = new ArrayList<>();
    private final DeletedJobsGate gate = new DeletedJobsGate(
            new JobPublisher() {
                @Override
                public void publish(Submission submission) {
                    published.add(submission.jobId());
                }

                @Override
                public void close() {}
            },
            "gone"::equals);

    private static Submission submission(String jobId) {
        return new Submission(
                jobId,
                List.of(PromptRequest.newBuilder().setText("a cat").setId(jobId).build()));
    }

    @Test
    void shouldTakeInNothingForADeletedJob() throws Exception {
        // When, Then
        gate.publish(submission("other"));
        assertThatThrownBy(() -> gate.publish(submission("gone")))
                .isInstanceOfSatisfying(RefusedRequestException.class, refused -> {
                    assertThat(refused.problem().status()).isEqualTo(410);
                    assertThat(refused.problem().code()).isEqualTo("deleted-job");
                });
        assertThat(published).containsExactly("other");
    }
}
