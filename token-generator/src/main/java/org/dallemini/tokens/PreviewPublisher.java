package org.dallemini.tokens;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;
import org.dallemini.events.ImagePreview;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.Failures;
import org.dallemini.stage.LazyProducer;
import org.dallemini.stage.config.StageConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends previews to their topic on a thread of its own, as well as may be: what finds no room, no broker or no registry
 * is dropped and counted, and whoever draws never waits.
 */
final class PreviewPublisher implements Consumer<ImagePreview>, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PreviewPublisher.class);

    /** Previews that wait to be sent, half a kilobyte each. */
    static final int MAX_WAITING = 256;

    private static final int BUFFER_BYTES = 1 << 20;
    private static final int MAX_BLOCK_MILLIS = 1_000;
    private static final int MAX_DELIVERY_MILLIS = 3_000;

    private final Out out;
    private final BlockingQueue<ImagePreview> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Backoff backoff = new Backoff();
    private final Counter sent;
    private final Counter dropped;
    private final Thread thread;
    private volatile boolean isFailing;

    /** Where previews go. */
    interface Out extends AutoCloseable {
        /** @param done told the failure, or null, sooner or later, on any thread */
        void send(ImagePreview preview, Consumer<Exception> done);

        @Override
        void close();
    }

    PreviewPublisher(Out out, MeterRegistry meters) {
        this.out = out;
        this.sent = Counter.builder("dallemini.previews")
                .description("Previews that Kafka has taken")
                .register(meters);
        this.dropped = Counter.builder("dallemini.previews.dropped")
                .description("Previews that were not sent: no room, or Kafka or the schema registry away")
                .register(meters);
        this.thread = new Thread(this::run, "previews");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** To the topic {@code image-previews}. Connects when the first is sent. */
    static PreviewPublisher toKafka(StageConfig config, MeterRegistry meters) {
        return new PreviewPublisher(new KafkaOut(config), meters);
    }

    @Override
    public void accept(ImagePreview preview) {
        if (!waiting.offer(preview)) {
            dropped.increment();
        }
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                ImagePreview next = waiting.take();
                if (backoff.isOver()) {
                    send(next);
                } else {
                    dropped.increment();
                }
            }
        } catch (InterruptedException | InterruptException e) {
            log.debug("Closed", e);
        } finally {
            out.close();
        }
    }

    private void send(ImagePreview preview) {
        try {
            out.send(preview, failure -> {
                if (failure == null) {
                    succeeded();
                } else {
                    failed(failure);
                }
            });
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void succeeded() {
        sent.increment();
        backoff.succeeded();
        if (isFailing) {
            isFailing = false;
            log.info("Previews are sent again");
        }
    }

    private void failed(Exception failure) {
        dropped.increment();
        backoff.failed();
        if (!isFailing) {
            isFailing = true;
            log.warn("Previews cannot be sent at present; images are drawn on: {}", Failures.describe(failure));
        }
    }

    /** What has not been sent is dropped. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class KafkaOut implements Out {
        private final String topic;
        private final Serializer<ImagePreview> serializer;
        private final LazyProducer producer;

        KafkaOut(StageConfig config) {
            this.topic = config.topics().imagePreviews();
            this.serializer = EventSerdes.serializer(config.serde());
            Map<String, Object> settings = new HashMap<>(config.producer());
            settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
            settings.put(ProducerConfig.ACKS_CONFIG, "1");
            settings.put(ProducerConfig.RETRIES_CONFIG, 0);
            settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
            settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
            settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
            settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, MAX_DELIVERY_MILLIS);
            settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, MAX_DELIVERY_MILLIS);
            this.producer = new LazyProducer(settings);
        }

        @Override
        public void send(ImagePreview preview, Consumer<Exception> done) {
            byte[] value = serializer.serialize(topic, preview);
            byte[] key = preview.getImageId().getBytes(StandardCharsets.UTF_8);
            producer.get().send(new ProducerRecord<>(topic, key, value), (place, failure) -> done.accept(failure));
        }

        @Override
        public void close() {
            producer.close();
            Utils.closeQuietly(serializer, "serializer");
        }
    }
}
