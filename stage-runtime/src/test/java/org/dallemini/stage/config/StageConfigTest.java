package org.dallemini.stage.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StageConfigTest {
    @Test
    void shouldDocumentEverySetting() {
        assertThat(StageConfig.definition().configKeys().values())
                .allSatisfy(key -> assertThat(key.documentation).endsWith("."));
    }

    @ParameterizedTest
    @CsvSource({
        "management.port, 65536",
        "management.port, web",
        "topic.partitions, 0",
        "topic.prefix, a b",
        "instance.id, a/b",
        "transaction.timeout.ms, 1",
        "bootstrap.servers, ''",
        "value.serializer, no.such.Class"
    })
    void shouldRefuseUnusableValuesByName(String name, String value) {
        assertThatThrownBy(() -> config(Map.of(name, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(name);
    }

    @Test
    void shouldPassClientSettingsThroughAndTheNarrowerPrefixWin() {
        // When
        var config = config(Map.of(
                "kafka.security.protocol",
                "SSL",
                "kafka.client.rack",
                "a",
                "consumer.client.rack",
                "b",
                "producer.linger.ms",
                "3",
                "schema.registry.url",
                "http://r:1",
                "basic.auth.user.info",
                "me:hush"));

        // Then
        assertThat(config.admin()).containsEntry("security.protocol", "SSL").doesNotContainKey("linger.ms");
        assertThat(config.groupConsumer("s", "i")).containsEntry("client.rack", "b");
        assertThat(config.transactionalProducer("s", "i")).containsEntry("linger.ms", "3");
        assertThat(config.serde())
                .containsEntry("schema.registry.url", "http://r:1")
                .containsEntry("basic.auth.user.info", "me:hush")
                .doesNotContainKey("kafka.client.rack");
        new ConsumerConfig(withDeserializers(config.groupConsumer("s", "i")));
    }

    @Test
    void shouldDeriveGroupAndTransactionalIdFromPrefixStageAndInstance() {
        // When
        var config = config(Map.of("topic.prefix", "team."));

        // Then
        assertThat(config.groupConsumer("sink", "i"))
                .containsEntry(ConsumerConfig.GROUP_ID_CONFIG, "team.sink")
                .containsEntry(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "i");
        assertThat(config.transactionalProducer("sink", "i"))
                .containsEntry(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "team.sink-i");
    }

    @Test
    void shouldLeaveToTheBrokerWhatTheConsumerProtocolForbidsTheClient() {
        // When
        var settings = config(Map.of("consumer.group.protocol", "consumer")).groupConsumer("s", "i");

        // Then
        assertThat(settings)
                .containsEntry(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, "range")
                .doesNotContainKeys("session.timeout.ms", "partition.assignment.strategy");
        new ConsumerConfig(withDeserializers(settings));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "consumer.enable.auto.commit",
                "kafka.isolation.level",
                "producer.transactional.id",
                "consumer.group.id"
            })
    void shouldRefuseSettingsThatExactlyOnceRestsOn(String name) {
        var config = config(Map.of(name, "x"));

        assertThatThrownBy(() -> {
                    config.groupConsumer("s", "i");
                    config.transactionalProducer("s", "i");
                })
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(name);
    }

    private static Map<String, Object> withDeserializers(Map<String, Object> settings) {
        return ConsumerConfig.appendDeserializerToConfig(
                settings,
                new org.apache.kafka.common.serialization.ByteArrayDeserializer(),
                new org.apache.kafka.common.serialization.ByteArrayDeserializer());
    }

    private static StageConfig config(Map<String, String> values) {
        return new StageConfig(StageConfig.definition(), values);
    }
}
