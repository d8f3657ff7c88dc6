package org.dallemini.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String TOPIC = "drawings";

    @TempDir
    Path dataDir;

    @Test
    void shouldHideAbortedRecordsAndShowCommittedOnes() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dataDir, 0)) {
            // Given
            createTopic(kafka);

            // When
            try (KafkaProducer<String, String> producer = producer(kafka)) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(TOPIC, "a", "aborted"));
                producer.flush();
                producer.abortTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(TOPIC, "a", "committed"));
                producer.commitTransaction();
            }

            // Then
            assertThat(read(kafka, 1)).containsExactly("committed");
        }
    }

    @Test
    void shouldKeepTopicsAndRecordsWhenStartedAgain() throws Exception {
        // Given
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dataDir, 0)) {
            createTopic(kafka);
            write(kafka, "before");
        }

        // When
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dataDir, 0)) {
            write(kafka, "after");

            // Then
            assertThat(read(kafka, 2)).containsExactly("before", "after");
        }
    }

    @Test
    void shouldRefuseDataDirectoryOfARunningBroker() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dataDir, 0)) {
            // Given
            createTopic(kafka);

            // When
            DataDirInUseException refusal =
                    catchThrowableOfType(DataDirInUseException.class, () -> EmbeddedKafka.start(dataDir, 0));

            // Then
            assertThat(refusal.pid()).hasValue(ProcessHandle.current().pid());
            assertThat(refusal).hasMessageContaining(dataDir.toString()).hasMessageContaining("in use by");
            write(kafka, "unharmed");
            assertThat(read(kafka, 1)).containsExactly("unharmed");
        }
    }

    @Test
    void shouldNameThePortThatIsTaken() throws Exception {
        // Given
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();

            // When / Then
            assertThatThrownBy(() -> EmbeddedKafka.start(dataDir, port))
                    .isInstanceOf(PortInUseException.class)
                    .hasMessageContaining("Port " + port)
                    .hasMessageContaining(EmbeddedKafka.PORT_SETTING);
            assertThat(dataDir.resolve("meta.properties")).doesNotExist();
        }
    }

    @Test
    void shouldFreeTheDataDirectoryWhenTheStartFails() {
        // Given
        Map<String, String> impossible = Map.of("log.retention.ms", "a while");

        // When / Then
        assertThatThrownBy(() -> EmbeddedKafka.start(dataDir, 0, impossible))
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining("log.retention.ms");
        EmbeddedKafka.start(dataDir, 0).close();
    }

    @Test
    void shouldRefuseToChangeTheListeners() {
        // Given
        Map<String, String> overrides = Map.of("listeners", "PLAINTEXT://0.0.0.0:9092");

        // When / Then
        assertThatThrownBy(() -> EmbeddedKafka.start(dataDir, 0, overrides))
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining("listeners");
    }

    private static void createTopic(EmbeddedKafka kafka) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1)))
                    .all()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static void write(EmbeddedKafka kafka, String value) {
        try (KafkaProducer<String, String> producer = producer(kafka)) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(TOPIC, "a", value));
            producer.commitTransaction();
        }
    }

    private static KafkaProducer<String, String> producer(EmbeddedKafka kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "writer"),
                new StringSerializer(),
                new StringSerializer());
    }

    private static List<String> read(EmbeddedKafka kafka, int count) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "group.id",
                "reader",
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                "false",
                "isolation.level",
                "read_committed");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (values.size() < count && System.nanoTime() < deadline) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }
}
