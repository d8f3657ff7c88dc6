package org.dallemini.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.dallemini.events.ImagePreview;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PreviewPublisherTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<String> sent = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean isHolding;
    private volatile @Nullable RuntimeException failure;
    private final PreviewPublisher publisher = new PreviewPublisher(new FakeKafka(), meters);

    /** Kafka as told: it takes what it gets, fails, or does not answer. */
    private final class FakeKafka implements PreviewPublisher.Out {
        @Override
        public void send(ImagePreview preview, Consumer<Exception> done) {
            if (isHolding) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new InterruptException(e);
                }
            }
            RuntimeException now = failure;
            if (now instanceof TimeoutException) {
                done.accept(now); // by the callback, as a producer does once the record was in its buffer
            } else if (now != null) {
                throw now;
            } else {
                sent.add(preview.getImageId());
                done.accept(null);
            }
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @AfterEach
    void close() {
        publisher.close();
    }

    @Test
    void shouldSendPreviewsInTheirOrder() {
        // When
        publisher.accept(preview("a"));
        publisher.accept(preview("b"));

        // Then
        await().until(() -> sent.equals(List.of("a", "b")));
        await().until(() -> count("dallemini.previews") == 2);
    }

    @Test
    void shouldNeverHoldWhoDraws() {
        // Given: a broker that does not answer
        isHolding = true;
        publisher.accept(preview("held"));
        int many = 100_000;

        // When
        long start = System.nanoTime();
        for (int i = 0; i < many; i++) {
            publisher.accept(preview("more"));
        }
        long micros = (System.nanoTime() - start) / 1_000;

        // Then
        assertThat(micros / many).isLessThan(1_000);
        assertThat(count("dallemini.previews.dropped"))
                .isBetween(many - PreviewPublisher.MAX_WAITING - 1.0, (double) many);

        // When
        isHolding = false;
        released.countDown();

        // Then: those that had found room
        await().until(() -> sent.size() >= PreviewPublisher.MAX_WAITING);
        assertThat(sent.get(0)).isEqualTo("held");
    }

    @Test
    void shouldDropPreviewsDuringAnOutageAndSendThemAgainAfterwards() {
        for (RuntimeException outage :
                List.of(new KafkaException("no broker"), new TimeoutException("the buffer is full"))) {
            // Given
            failure = outage;
            double before = count("dallemini.previews.dropped");
            publisher.accept(preview("lost"));
            await().until(() -> count("dallemini.previews.dropped") > before);

            // When
            failure = null;

            // Then
            int known = sent.size();
            await().until(() -> {
                publisher.accept(preview("kept"));
                return sent.size() > known;
            });
            assertThat(sent).doesNotContain("lost");
        }
    }

    @Test
    void shouldStopWhileNobodyAnswers() throws InterruptedException {
        // Given
        isHolding = true;
        publisher.accept(preview("held"));

        // When
        publisher.close();

        // Then
        closed.await();
        assertThat(sent).isEmpty();
    }

    private double count(String counter) {
        return meters.get(counter).counter().count();
    }

    private static ImagePreview preview(String imageId) {
        return new ImagePreview(imageId, "p", "j", ByteBuffer.wrap(new byte[] {1, 0}), 2, 2, "00ff");
    }
}
