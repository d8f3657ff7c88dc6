package org.dallemini.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.deadletters.Fate;
import org.dallemini.deadletters.LetterFilter;
import org.dallemini.deadletters.Replayer;
import org.dallemini.deadletters.Section;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.AvroSerializer;
import org.dallemini.serde.TrustedEvents;
import org.dallemini.stage.DeadLetters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of poison on each topic, among prompts that must all be drawn. */
class PoisonIT {
    /** Broker's limit for images; an image has its text in it several times. */
    private static final int MAX_MESSAGE = 20_000, LARGE_TEXT = 7_000;

    /** Producers' limit. */
    private static final int MAX_REQUEST = 60_000, HUGE_TEXT = 25_000;

    private static final Topics TOPICS = new Topics("");

    @TempDir
    static Path folder;

    @BeforeAll
    static void allowEvents() {
        TrustedEvents.allow();
    }

    @Test
    void shouldSetEachPoisonAsideOnceByteForByteAndDrawAllTheRest() throws Exception {
        Map<String, String> settings = Map.of("producer.max.request.size", Integer.toString(MAX_REQUEST));
        try (Pipeline pipeline = Pipeline.start(folder, settings)) {
            // Given
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertReady(pipeline));
            limitImages(pipeline);
            List<Poison> poison = Poison.all(pipeline, LARGE_TEXT, HUGE_TEXT);
            List<PromptRequest> good = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                good.add(PromptRequest.newBuilder()
                        .setId("good-" + i)
                        .setText("a red circle on a blue background")
                        .setLane(i % 4 == 0 ? Lane.BULK : Lane.INTERACTIVE)
                        .setSeed(3L)
                        .build());
            }

            // When
            pipeline.publish(good.subList(0, 4));
            List<RecordMetadata> places =
                    pipeline.publishBytes(poison.stream().map(Poison::record).toList());
            pipeline.publish(good.subList(4, 8));
            pipeline.publishBytes(List.of(newer(pipeline, "newer")));

            // Then: all good ones arrive, alike, that of a newer publisher too
            List<String> ids = Stream.concat(good.stream().map(PromptRequest::getId), Stream.of("newer"))
                    .toList();
            var stored = pipeline.collect(TOPICS.storedImages(), StoredImage.class, ids);
            assertThat(stored).containsOnlyKeys(ids);
            assertThat(stored.values().stream().map(StoredImage::getSha256).distinct())
                    .hasSize(1);

            // And: each poison lies where it belongs, once
            await().atMost(Duration.ofMinutes(1)).until(() -> letters(pipeline).size() >= poison.size());
            Map<String, DeadLetter> letters = new HashMap<>();
            for (DeadLetter letter : letters(pipeline)) {
                assertThat(letters.put(letter.key(), letter)).as(letter.place()).isNull();
            }
            assertThat(letters).hasSameSizeAs(poison);
            for (int i = 0; i < poison.size(); i++) {
                String name = poison.get(i).name();
                check(poison.get(i), places.get(i), Objects.requireNonNull(letters.get(name), name));
            }

            // And: nobody is troubled, and the next prompt is drawn
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertReady(pipeline));
            pipeline.publish(
                    List.of(PromptRequest.newBuilder(good.get(0)).setId("last").build()));
            pipeline.collect(TOPICS.storedImages(), StoredImage.class, Set.of("last"));
        }
    }

    /** Text and seed of the good ones, with a field that this version does not know. */
    private static ProducerRecord<byte[], byte[]> newer(Pipeline pipeline, String id) {
        Schema today = PromptRequest.getClassSchema();
        Schema newer = Schema.createRecord(today.getName(), null, today.getNamespace(), false);
        List<Schema.Field> fields = new ArrayList<>();
        today.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
        fields.add(3, new Schema.Field("style", Schema.create(Schema.Type.STRING), null, "plain"));
        newer.setFields(fields);
        GenericRecord prompt = new GenericRecordBuilder(newer)
                .set("text", "a red circle on a blue background")
                .set("id", id)
                .set("seed", 3L)
                .set("style", "cubism")
                .build();
        Map<String, Object> publisher = new HashMap<>(pipeline.config().serde());
        publisher.put("auto.register.schemas", true);
        try (var serializer = new AvroSerializer<GenericRecord>()) {
            serializer.configure(publisher, false);
            return new ProducerRecord<>(
                    TOPICS.prompts(), id.getBytes(UTF_8), serializer.serialize(TOPICS.prompts(), prompt));
        }
    }

    private static void assertReady(Pipeline pipeline) throws Exception {
        HttpResponse<String> readiness = pipeline.readiness();
        assertThat(readiness.statusCode()).as(readiness.body()).isEqualTo(200);
    }

    private static void check(Poison poison, RecordMetadata place, DeadLetter letter) {
        ConsumerRecord<byte[], byte[]> record = letter.record();
        assertThat(record.topic()).isEqualTo(Topics.deadLetters(poison.topic()));
        assertThat(record.key()).isEqualTo(poison.name().getBytes(UTF_8));
        assertThat(record.value()).as(poison.name()).isEqualTo(poison.value());
        assertThat(Arrays.copyOf(record.headers().toArray(), 3))
                .as(poison.name())
                .isEqualTo(poison.record().headers().toArray());
        assertThat(record.headers())
                .extracting(Header::key)
                .filteredOn(key -> !key.equals(DeadLetters.EXCEPTION) && !key.equals(DeadLetters.STACKTRACE))
                .containsExactly(
                        "traceparent",
                        "bytes",
                        "bytes",
                        DeadLetters.MESSAGE,
                        DeadLetters.TOPIC,
                        DeadLetters.PARTITION,
                        DeadLetters.OFFSET,
                        DeadLetters.CODE,
                        DeadLetters.STAGE,
                        DeadLetters.ATTEMPTS);
        assertThat(letter.code())
                .as(poison.name() + ": " + letter.message())
                .isEqualTo(poison.code().code());
        assertThat(letter.message()).as(poison.name()).isNotBlank();
        assertThat(letter.header(DeadLetters.TOPIC)).hasValue(poison.topic());
        assertThat(letter.header(DeadLetters.PARTITION)).hasValue(Integer.toString(place.partition()));
        assertThat(letter.header(DeadLetters.OFFSET)).hasValue(Long.toString(place.offset()));
        assertThat(letter.attempts()).isEqualTo(1);
    }

    private static List<DeadLetter> letters(Pipeline pipeline) {
        var letters = new ArrayList<DeadLetter>();
        try (Admin admin = Admin.create(pipeline.config().admin());
                DeadLetterLog log = DeadLetterLog.open(pipeline.config(), admin)) {
            for (Section section : log.sections()) {
                log.read(section, letters::add);
            }
        }
        return letters;
    }

    private static void limitImages(Pipeline pipeline) throws Exception {
        try (Admin admin = Admin.create(pipeline.config().admin())) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, TOPICS.images()),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("max.message.bytes", Integer.toString(MAX_MESSAGE)),
                                    AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    @Test
    void shouldTakeARefusedPromptInOnceTheLimitIsRaisedAndItIsReplayed() throws Exception {
        // Given
        Path home = folder.resolve("replay");
        PromptRequest prompt = PromptRequest.newBuilder()
                .setId("long")
                .setText("a red circle on a blue background")
                .build();
        try (Pipeline narrow = Pipeline.start(home, Map.of("prompt.max.characters", "10"))) {
            narrow.publish(List.of(prompt));
            narrow.deadLetters(Topics.deadLetters(TOPICS.prompts()), Set.of("long"));
        }
        try (Pipeline wide = Pipeline.start(home, Map.of());
                Admin admin = Admin.create(wide.config().admin())) {
            // When
            var fates = new ArrayList<Fate>();
            for (int i = 0; i < 2; i++) {
                try (DeadLetterLog log = DeadLetterLog.open(wide.config(), admin)) {
                    new Replayer(wide.config(), admin, log, 3, (letter, fate) -> fates.add(fate))
                            .run(log.sections(), LetterFilter.ALL, () -> false);
                }
            }

            // Then
            assertThat(fates).containsExactly(new Fate.Replayed(TOPICS.prompts()), new Fate.ReplayedBefore());
            wide.collect(TOPICS.storedImages(), StoredImage.class, Set.of("long"));
        }
    }
}
