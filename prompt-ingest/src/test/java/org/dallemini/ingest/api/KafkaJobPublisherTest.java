package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.http.RefusedRequestException;
import org.junit.jupiter.api.Test;

class KafkaJobPublisherTest {
    /** The intake and the tracker wait for such names; the API must not end the process that they wait in. */
    @Test
    void shouldStartAndRefuseJobsWhileNoNameOfABrokerCanBeResolved() {
        // Given
        PromptIngestConfig config = new PromptIngestConfig(new HashMap<>(Map.of(
                "bootstrap.servers", "kafka.invalid:9092",
                "schema.registry.url", "http://registry.invalid:8081")));
        PromptRequest prompt = PromptRequest.newBuilder()
                .setText("a cat")
                .setId("j")
                .setJobId("j")
                .setLane(Lane.INTERACTIVE)
                .build();

        // When
        try (JobPublisher publisher = new KafkaJobPublisher(config.stage())) {
            // Then
            assertThatThrownBy(() -> publisher.publish(new Submission("j", List.of(prompt))))
                    .isInstanceOfSatisfying(RefusedRequestException.class, refused -> {
                        assertThat(refused.problem().status()).isEqualTo(503);
                        assertThat(refused.problem().detail()).contains("with the id j");
                    });
        }
    }

    @Test
    void shouldNotAskForAPromptAgainThatNeverFits() {
        // Given
        var tooLarge = CompletableFuture.failedFuture(new RecordTooLargeException("2000000 bytes"));
        var cutOff = CompletableFuture.failedFuture(new NetworkException("cut off"));

        // When, Then
        assertThatThrownBy(() -> KafkaJobPublisher.awaitAcknowledgement(tooLarge, System.nanoTime(), 3))
                .isInstanceOfSatisfying(RefusedRequestException.class, refused -> {
                    assertThat(refused.problem().status()).isEqualTo(413);
                    assertThat(refused.problem().code()).isEqualTo("prompt-too-large");
                    assertThat(refused.problem().pointer()).isEqualTo("/prompts/3");
                    assertThat(refused.problem().detail()).contains("2000000 bytes");
                });
        assertThatThrownBy(() -> KafkaJobPublisher.awaitAcknowledgement(cutOff, System.nanoTime(), 3))
                .isInstanceOf(ExecutionException.class);
    }
}
