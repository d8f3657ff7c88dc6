package org.dallemini.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes and one data directory. */
class EmbeddedKafkaKillIT {
    @TempDir
    Path dataDir;

    @Test
    void shouldNameTheProcessThatHoldsTheDataDirectory() throws Exception {
        try (BrokerProcess other = BrokerProcess.start(dataDir)) {
            // When
            DataDirInUseException refusal =
                    catchThrowableOfType(DataDirInUseException.class, () -> EmbeddedKafka.start(dataDir, 0));

            // Then
            assertThat(refusal.pid()).hasValue(other.process().pid());
            assertThat(refusal).hasMessageContaining("pid " + other.process().pid());
        }
    }

    @Test
    void shouldKeepCommittedRecordsAndDropOpenTransactionsWhenKilled() throws Exception {
        // Given
        try (BrokerProcess first = BrokerProcess.start(dataDir)) {
            DrawingClients clients = new DrawingClients(first.bootstrapServers());
            clients.createTopic();
            clients.write("committed");
            KafkaProducer<String, String> hanging = clients.producer();
            hanging.initTransactions();
            hanging.beginTransaction();
            hanging.send(new ProducerRecord<>(DrawingClients.TOPIC, "a", "never committed"));
            hanging.flush();

            // When
            first.kill();
            hanging.close(Duration.ZERO);
        }

        // Then
        try (EmbeddedKafka second = EmbeddedKafka.start(dataDir, 0)) {
            DrawingClients clients = new DrawingClients(second.bootstrapServers());
            clients.write("after");
            assertThat(clients.read(2)).containsExactly("committed", "after");
        }
    }
}
