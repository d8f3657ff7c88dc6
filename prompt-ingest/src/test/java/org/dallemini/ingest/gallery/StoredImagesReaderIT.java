package org.dallemini.ingest.gallery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.jobs.Records;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.SchemaRegistration;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.serde.SchemaRegistryClient;
import org.dallemini.stage.TopicFollower;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real broker and a real registry, which are not always there. */
@SuppressWarnings("FutureReturnValueIgnored") // what was not sent is missed later on
class StoredImagesReaderIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int MAX_IMAGES = 10;

    @TempDir
    private Path dir;

    private static StoredImage image(int i) {
        return Records.stored(Records.request("j", "p", i, 1000), Instant.ofEpochMilli(1000 + i));
    }

    private static List<Integer> newest(RecentImages recent) {
        return recent.newest(image -> true, null, MAX_IMAGES).images().stream()
                .map(image -> image.getRequest().getIndex())
                .toList();
    }

    private static List<Integer> down(int from) {
        return IntStream.range(0, MAX_IMAGES).map(i -> from - i).boxed().toList();
    }

    private static void publish(StageConfig config, int from, int to) {
        String topic = config.topics().storedImages();
        try (Serializer<StoredImage> values = EventSerdes.serializer(config.serde());
                var producer =
                        new KafkaProducer<>(config.producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = from; i < to; i++) {
                byte[] key = ("p/" + i).getBytes(UTF_8);
                producer.send(new ProducerRecord<>(topic, i % 2, key, values.serialize(topic, image(i))));
            }
            producer.send(new ProducerRecord<>(topic, "no image".getBytes(UTF_8), "rubbish".getBytes(UTF_8)));
        }
    }

    @Test
    void shouldBeginNearTheEndAndFollowThroughOutages() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0)) {
            EmbeddedSchemaRegistry registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0);
            int port = URI.create(registry.url()).getPort();
            StageConfig config = new StageConfig(
                    StageConfig.definition(),
                    new HashMap<>(Map.of(
                            "bootstrap.servers",
                            kafka.bootstrapServers(),
                            "schema.registry.url",
                            registry.url(),
                            "topic.partitions",
                            "2",
                            "topic.replication",
                            "1")));
            RecentImages first = new RecentImages(MAX_IMAGES);
            RecentImages second = new RecentImages(MAX_IMAGES);
            try (TopicFollower<StoredImage> early = StoredImagesReader.start(config, first, MAX_IMAGES, id -> {})) {
                // When there are no topics yet, and then there are
                assertThat(first.isComplete()).isFalse();
                try (Admin admin = Admin.create(config.admin())) {
                    TopicPlan.of(config).apply(admin);
                }
                new SchemaRegistration(new SchemaRegistryClient(config.serde()), EventSchemas.load(), new Topics(""))
                        .register();

                // Then
                await().atMost(TIMEOUT).until(first::isComplete);
                assertThat(newest(first)).isEmpty();
                publish(config, 0, 100);
                await().atMost(TIMEOUT)
                        .untilAsserted(() -> assertThat(newest(first)).isEqualTo(down(99)));

                // When a second comes while the registry is away, so that it can read nothing
                registry.close();
                try (TopicFollower<StoredImage> late = StoredImagesReader.start(config, second, MAX_IMAGES, id -> {})) {
                    await().during(Duration.ofMillis(1500))
                            .atMost(TIMEOUT)
                            .untilAsserted(() -> assertThat(second.isComplete()).isFalse());
                    registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), port);

                    // Then: all that is kept, and no more than that was read
                    await().atMost(TIMEOUT).until(second::isComplete);
                    assertThat(newest(second)).isEqualTo(down(99));
                    publish(config, 100, 105);
                    await().atMost(TIMEOUT)
                            .untilAsserted(() -> assertThat(newest(second)).isEqualTo(down(104)));
                    await().atMost(TIMEOUT)
                            .untilAsserted(() -> assertThat(newest(first)).isEqualTo(down(104)));
                }
            } finally {
                registry.close();
            }
        }
    }
}
