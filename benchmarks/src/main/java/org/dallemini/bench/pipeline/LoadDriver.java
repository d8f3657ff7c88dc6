package org.dallemini.bench.pipeline;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.bench.common.NewRecords;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.schemas.Ids;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/** A client of a pipeline that publishes prompts, each for one image, and reads what becomes of them. */
final class LoadDriver implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final List<String> COLOURS = List.of("red", "blue", "green", "yellow", "black", "white", "purple");
    private static final List<String> SHAPES = List.of("circle", "square", "triangle", "star", "heart", "ring");

    private record Published(Lane lane, double scheduled, double published) {}

    final WallClock clock = new WallClock();
    private final String run = "bench-" + UUID.randomUUID().toString().substring(0, 8);
    private final Topics topics;
    private final KafkaProducer<String, PromptRequest> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Deserializer<StoredImage> events;
    private final Thread reader;

    /** Guards all below. */
    private final Object lock = new Object();

    private final Map<String, Published> waiting = new HashMap<>();
    private final List<ImageRun> done = new ArrayList<>();
    private @Nullable RuntimeException failure;
    private int prompts;

    /** @param settings addresses, as of a stage */
    LoadDriver(Map<String, String> settings) {
        var config = new StageConfig(StageConfig.definition(), settings);
        topics = config.topics();
        producer = new KafkaProducer<>(
                config.producer(), new StringSerializer(), EventSerdes.<PromptRequest>serializer(config.serde()));
        events = EventSerdes.deserializer(StoredImage.class, config.serde());
        List<String> names = new ArrayList<>(List.of(topics.storedImages()));
        topics.inputs().forEach(topic -> names.add(Topics.deadLetters(topic)));
        consumer = NewRecords.of(config, names);
        reader = new Thread(this::read, "stored-images");
        reader.start();
    }

    /** Publishes a prompt at once. */
    void publish(Lane lane) {
        publish(lane, clock.now());
    }

    /** @param scheduled when it was to be published, in ms since 1970 */
    void publish(Lane lane, double scheduled) {
        int number;
        PromptRequest request;
        synchronized (lock) {
            number = prompts++;
            request = request(number, lane);
            waiting.put(Ids.imageId(request.getId(), 0), new Published(lane, scheduled, clock.now()));
        }
        producer.send(new ProducerRecord<>(topics.prompts(), request.getId(), request), (metadata, error) -> {
            if (error != null) {
                fail(new IllegalStateException("a prompt could not be published: " + error.getMessage(), error));
            }
        });
    }

    private PromptRequest request(int number, Lane lane) {
        String text = "a " + COLOURS.get(number % COLOURS.size()) + " " + SHAPES.get(number % SHAPES.size()) + " on a "
                + COLOURS.get((number / COLOURS.size() + number + 1) % COLOURS.size()) + " background";
        return PromptRequest.newBuilder()
                .setId(run + "-" + number)
                .setText(text)
                .setSeed((long) number)
                .setLane(lane)
                .build();
    }

    /** Sends what is published without waiting for more of it. */
    void flush() {
        producer.flush();
    }

    /** Images that are published and not stored. */
    int outstanding(Lane lane) {
        synchronized (lock) {
            return (int) waiting.values().stream()
                    .filter(published -> published.lane == lane)
                    .count();
        }
    }

    /** Waits until enough images that are asked for are stored, and returns these. */
    List<ImageRun> await(int count, Predicate<ImageRun> which) throws InterruptedException {
        synchronized (lock) {
            while (true) {
                if (failure != null) {
                    throw failure;
                }
                List<ImageRun> found = done.stream().filter(which).toList();
                if (found.size() >= count) {
                    return found;
                }
                lock.wait();
            }
        }
    }

    /** Waits until all are stored, and returns those since the last call. */
    List<ImageRun> awaitAll() throws InterruptedException {
        synchronized (lock) {
            while (!waiting.isEmpty()) {
                if (failure != null) {
                    throw failure;
                }
                lock.wait();
            }
            List<ImageRun> all = List.copyOf(done);
            done.clear();
            return all;
        }
    }

    private void read() {
        try {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    take(record, clock.now());
                }
            }
        } catch (WakeupException e) {
            // closed
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, double now) {
        if (!record.topic().equals(topics.storedImages())) {
            String id = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
            if (id.startsWith(run)) {
                fail(new IllegalStateException("image " + id + " was dead-lettered: " + header(record)));
            }
            return;
        }
        StoredImage image = events.deserialize(record.topic(), record.headers(), record.value());
        synchronized (lock) {
            Published published = waiting.remove(image.getRequest().getImageId());
            if (published != null) {
                done.add(new ImageRun(published.scheduled, published.published, now, image));
                lock.notifyAll();
            }
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(DeadLetters.MESSAGE);
        return header == null ? record.topic() : new String(header.value(), StandardCharsets.UTF_8);
    }

    private void fail(RuntimeException e) {
        synchronized (lock) {
            if (failure == null) {
                failure = e;
            }
            lock.notifyAll();
        }
    }

    @Override
    public void close() throws InterruptedException {
        consumer.wakeup();
        reader.join();
        consumer.close();
        producer.close();
        events.close();
    }
}
