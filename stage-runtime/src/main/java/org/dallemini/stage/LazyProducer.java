package org.dallemini.stage;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A producer that is made when it is needed first: there can be none while no name of a broker can be resolved. */
public final class LazyProducer implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Map<String, Object> settings;
    private @Nullable Producer<byte[], byte[]> producer;
    private boolean closed;

    public LazyProducer(Map<String, Object> settings) {
        this.settings = Map.copyOf(settings);
    }

    /** @throws KafkaException if none can be made, or it has been closed */
    public synchronized Producer<byte[], byte[]> get() {
        if (closed) {
            throw new KafkaException("the producer has been closed");
        }
        if (producer == null) {
            producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    /** Gives what is on its way some seconds. */
    @Override
    public void close() {
        Producer<byte[], byte[]> last;
        synchronized (this) {
            closed = true;
            last = producer;
        }
        if (last != null) {
            last.close(CLOSE_TIMEOUT);
        }
    }
}
