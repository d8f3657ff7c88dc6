package org.dallemini.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.dallemini.cluster.ClusterTopics;
import org.dallemini.cluster.CommittedReader;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan;
import org.jspecify.annotations.Nullable;

/** A real broker on which nothing runs, and pipelines of topics with letters of our own. */
public final class DeadLetterLab implements AutoCloseable {
    private final EmbeddedKafka kafka;

    public DeadLetterLab(Path dir) {
        kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0);
    }

    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** Topics of one test. */
    public Bench bench(String prefix) {
        return new Bench(prefix);
    }

    @Override
    public void close() {
        kafka.close();
    }

    /** The topics with one prefix. */
    public final class Bench implements AutoCloseable {
        public final StageConfig config;
        public final Topics topics;
        final Admin admin;
        private final KafkaProducer<byte[], byte[]> producer;

        private Bench(String prefix) {
            config = new StageConfig(
                    StageConfig.definition(),
                    Map.of(
                            StageConfig.BOOTSTRAP_SERVERS,
                            kafka.bootstrapServers(),
                            StageConfig.TOPIC_PREFIX,
                            prefix,
                            StageConfig.TOPIC_PARTITIONS,
                            "3"));
            topics = config.topics();
            admin = Admin.create(config.admin());
            TopicPlan.of(config).apply(admin);
            producer = new KafkaProducer<>(config.producer(), new ByteArraySerializer(), new ByteArraySerializer());
        }

        /** Sets a record of the input topic's partition 1 aside, as a stage does. */
        public void setAside(String input, String key, ErrorCode code, byte @Nullable [] value, int attempts) {
            send(input, key, code, value, attempts);
            producer.flush();
        }

        /** Sets prompts {@code p0}, {@code p1}, ... aside. */
        void setAside(int count, byte... value) {
            for (int i = 0; i < count; i++) {
                send(topics.prompts(), "p" + i, ErrorCode.TEXT_TOO_LONG, value, 1);
            }
            producer.flush();
        }

        private void send(String input, String key, ErrorCode code, byte @Nullable [] value, int attempts) {
            var headers = new RecordHeaders().add("mine", key.getBytes(UTF_8));
            for (int i = 0; i < attempts; i++) {
                DeadLetters.describe(
                        headers,
                        new DeadLetters.Reason("some-stage", input, 1, 7, code, "No " + key, new Error("deep")));
            }
            producer.send(new ProducerRecord<>(Topics.deadLetters(input), null, key.getBytes(UTF_8), value, headers));
        }

        /** Committed records of a topic that are there now. */
        public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
            var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            try (var reader = new CommittedReader(config)) {
                var partitions =
                        Objects.requireNonNull(ClusterTopics.describe(topic, admin), topic).partitions().stream()
                                .map(info -> new TopicPartition(topic, info.partition()))
                                .toList();
                var begins = reader.beginnings(partitions);
                reader.ends(partitions)
                        .forEach((partition, end) ->
                                reader.read(partition, begins.getOrDefault(partition, 0L), end, found::add));
            }
            return found;
        }

        /** The keys of those records. */
        public List<String> keys(String topic) {
            return read(topic).stream().map(r -> new String(r.key(), UTF_8)).toList();
        }

        @Override
        public void close() {
            producer.close();
            admin.close();
        }
    }
}
