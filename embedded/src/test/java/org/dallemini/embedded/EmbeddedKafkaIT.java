package org.dallemini.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {
    @TempDir
    Path dataDir;

    @Test
    void shouldHideAbortedRecordsAndShowCommittedOnes() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dataDir, 0)) {
            // Given
            clients(kafka).createTopic();

            // When
            try (KafkaProducer<String, String> producer = clients(kafka).producer()) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(DrawingClients.TOPIC, "a", "aborted"));
                producer.flush();
                producer.abortTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(DrawingClients.TOPIC, "a", "committed"));
                producer.commitTransaction();
            }

            // Then
            assertThat(clients(kafka).read(1)).containsExactly("committed");
        }
    }

    @Test
    void shouldKeepTopicsAndRecordsWhenStartedAgain() throws Exception {
        // Given
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dataDir, 0)) {
            clients(kafka).createTopic();
            clients(kafka).write("before");
        }

        // When
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dataDir, 0)) {
            clients(kafka).write("after");

            // Then
            assertThat(clients(kafka).read(2)).containsExactly("before", "after");
        }
    }

    @Test
    void shouldRefuseDataDirectoryOfARunningBroker() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dataDir, 0)) {
            // Given
            clients(kafka).createTopic();

            // When
            DataDirInUseException refusal =
                    catchThrowableOfType(DataDirInUseException.class, () -> EmbeddedKafka.start(dataDir, 0));

            // Then
            assertThat(refusal.pid()).hasValue(ProcessHandle.current().pid());
            assertThat(refusal).hasMessageContaining(dataDir.toString()).hasMessageContaining("in use by");
            clients(kafka).write("unharmed");
            assertThat(clients(kafka).read(1)).containsExactly("unharmed");
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

    private static DrawingClients clients(EmbeddedKafka kafka) {
        return new DrawingClients(kafka.bootstrapServers());
    }
}
