package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FailuresTest {
    private static Throwable failure(ThrowingCallable client) {
        return catchThrowable(client);
    }

    /** Kafka's clients tell names that cannot be resolved from wrong settings by their message alone. */
    @Test
    void shouldWaitForNamesAndNotForWrongSettings() {
        var unknown = Map.<String, Object>of("bootstrap.servers", "nowhere.invalid:9092");
        var wrong = Map.<String, Object>of("bootstrap.servers", "nowhere");

        assertThat(failure(() -> Admin.create(unknown))).satisfies(FailuresTest::isOutage);
        assertThat(failure(() -> new KafkaProducer<>(unknown, new ByteArraySerializer(), new ByteArraySerializer())))
                .satisfies(FailuresTest::isOutage);
        assertThat(failure(
                        () -> new KafkaConsumer<>(unknown, new ByteArrayDeserializer(), new ByteArrayDeserializer())))
                .satisfies(FailuresTest::isOutage);
        Throwable misspelt = failure(() -> Admin.create(wrong));
        assertThat(Failures.isFatal(misspelt)).isTrue();
        assertThat(Failures.isOutage(misspelt)).isFalse();
    }

    private static void isOutage(Throwable failure) {
        assertThat(Failures.isUnresolved(failure)).describedAs("%s", failure).isTrue();
        assertThat(Failures.isOutage(failure)).isTrue();
        assertThat(Failures.isFatal(failure)).isFalse();
    }

    @Test
    void shouldDescribeAFailureInOneLine() {
        var failure = new IllegalStateException(
                "GET failed. Is it up?", new IllegalArgumentException("first.\n  second", new RuntimeException("GET")));

        assertThat(Failures.describe(failure)).isEqualTo("GET failed. Is it up?: first. second");
        assertThat(Failures.describe(new IllegalStateException("Check the URL.", new RuntimeException("closed"))))
                .isEqualTo("Check the URL: closed");
    }
}
