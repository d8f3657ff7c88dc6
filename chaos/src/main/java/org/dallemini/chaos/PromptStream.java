package org.dallemini.chaos;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.serde.EventSerdes;
import org.dallemini.serde.SchemaRegistryClient;
import org.dallemini.stage.config.StageConfig;

/**
 * A steady stream of prompts for one image each, that does not care how the pipeline is: what Kafka does not take at
 * once is kept and sent later.
 */
final class PromptStream implements AutoCloseable {
    private static final String[] COLOURS = {"red", "green", "blue", "yellow", "white", "black", "pink", "purple"};
    private static final String[] SHAPES = {"circle", "square", "star", "heart", "ring", "triangle"};
    private static final int TIMEOUT_MS = 600_000;
    private static final int ID_AT = 1;

    private final Serializer<PromptRequest> serializer;
    private final KafkaProducer<String, byte[]> producer;
    private final SchemaRegistryClient registry;
    private final String topic;
    private final double imagesPerSecond;
    private final Random random;
    private final AtomicInteger published = new AtomicInteger();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger flawed = new AtomicInteger();
    private final AtomicLong failed = new AtomicLong();
    private final Thread thread;
    private final double flaws;
    private volatile Dialect dialect = new Dialect(PromptRequest.SCHEMA$, -1, 0);
    private volatile boolean stopped;

    /**
     * The schema that prompts are written with.
     *
     * @param id in the registry; -1: that of this program
     * @param extraFields optional fields at its end that this program does not know
     */
    private record Dialect(Schema schema, int id, int extraFields) {}

    private PromptStream(StageConfig config, double imagesPerSecond, double flaws, long seed) {
        this.imagesPerSecond = imagesPerSecond;
        this.flaws = flaws;
        this.random = new Random(seed);
        this.topic = config.topics().prompts();
        this.serializer = EventSerdes.serializer(config.serde());
        this.registry = new SchemaRegistryClient(config.serde());
        var settings = config.producer();
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        this.producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
        this.thread = new Thread(this::run, "prompts");
        this.thread.setDaemon(true);
    }

    /**
     * Begins to publish.
     *
     * @param flaws share of prompts that the pipeline must refuse
     */
    static PromptStream start(StageConfig config, double imagesPerSecond, double flaws, long seed) {
        var stream = new PromptStream(config, imagesPerSecond, flaws, seed);
        stream.thread.start();
        return stream;
    }

    private void run() {
        long next = System.nanoTime();
        try {
            while (!stopped) {
                publish();
                next += (long) (1e9 / imagesPerSecond);
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
            }
        } catch (InterruptedException e) {
            // stopped
        }
    }

    private void publish() {
        int number = published.getAndIncrement();
        boolean flaw = random.nextDouble() < flaws;
        PromptRequest.Builder prompt = PromptRequest.newBuilder()
                .setId("prompt-" + number)
                .setText(flaw ? "x".repeat(5_000) : text())
                .setSeed((long) random.nextInt(1_000_000))
                .setLane(number % 3 == 0 ? Lane.BULK : Lane.INTERACTIVE);
        if (flaw) {
            flawed.incrementAndGet();
        }
        var record = new ProducerRecord<>(topic, "prompt-" + number, encode(prompt.build()));
        var unused = producer.send(record, (metadata, error) -> {
            if (error == null) {
                accepted.incrementAndGet();
            } else {
                failed.incrementAndGet();
            }
        });
    }

    /** Few different ones: the token generator keeps up to 128 MB of texts that it has encoded. */
    private String text() {
        return "a " + COLOURS[random.nextInt(COLOURS.length)] + " " + SHAPES[random.nextInt(SHAPES.length)];
    }

    private byte[] encode(PromptRequest prompt) {
        byte[] bytes = serializer.serialize(topic, prompt);
        Dialect now = dialect;
        if (now.id() < 0) {
            return bytes;
        }
        ByteBuffer.wrap(bytes).putInt(ID_AT, now.id());
        var longer = new ByteArrayOutputStream();
        longer.writeBytes(bytes);
        longer.writeBytes(new byte[now.extraFields()]); // each says in one byte that it is null
        return longer.toByteArray();
    }

    /**
     * As a publisher who has been upgraded: from now on prompts have one more field, so that who reads them needs a
     * schema from the registry that he has not seen yet.
     */
    void speakNewDialect() {
        Dialect now = dialect;
        var fields = now.schema().getFields().stream()
                .map(f -> new Schema.Field(f, f.schema()))
                .collect(java.util.stream.Collectors.toCollection(java.util.ArrayList::new));
        Schema optional = Schema.createUnion(Schema.create(Schema.Type.NULL), Schema.create(Schema.Type.STRING));
        fields.add(new Schema.Field("extra" + now.extraFields(), optional, null, JsonProperties.NULL_VALUE));
        Schema next = Schema.createRecord(
                now.schema().getName(), now.schema().getDoc(), now.schema().getNamespace(), false, fields);
        dialect = new Dialect(next, registry.register(topic + "-value", next, false), now.extraFields() + 1);
    }

    /** Ends the stream when all that was published has been accepted. */
    void finish() throws InterruptedException {
        stopped = true;
        thread.interrupt();
        thread.join();
        producer.flush();
    }

    int published() {
        return published.get();
    }

    /** Those that Kafka has acknowledged: the pipeline owes an answer for each. */
    int accepted() {
        return accepted.get();
    }

    /** Those of the published that the pipeline must refuse. */
    int flawed() {
        return flawed.get();
    }

    /** Why not all was asked for that should have been; empty if it was. */
    List<String> problems() {
        return failed() > 0 ? List.of(failed() + " prompts could not be published") : List.of();
    }

    private long failed() {
        return failed.get();
    }

    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
        producer.close(java.time.Duration.ofSeconds(1));
        serializer.close();
    }
}
