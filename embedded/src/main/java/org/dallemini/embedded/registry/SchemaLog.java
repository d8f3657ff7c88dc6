package org.dallemini.embedded.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.embedded.EmbeddedServerException;
import org.jspecify.annotations.Nullable;

/**
 * The compacted topic that holds everything the registry knows, as JSON in the form of Confluent's registry: a
 * {@code SCHEMA} for each version of a subject, a {@code CONFIG} for each level.
 */
final class SchemaLog implements AutoCloseable {
    static final String TOPIC = "_schemas";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, ?> kafka;
    private final KafkaProducer<String, String> producer;

    private SchemaLog(Map<String, ?> kafka) {
        this.kafka = kafka;
        producer = new KafkaProducer<>(
                with(
                        kafka,
                        ProducerConfig.CLIENT_ID_CONFIG,
                        "embedded-schema-registry",
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        (int) TIMEOUT.toMillis(),
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        (int) TIMEOUT.toMillis() / 3),
                new StringSerializer(),
                new StringSerializer());
    }

    private static Map<String, Object> with(Map<String, ?> kafka, Object... more) {
        Map<String, Object> settings = new HashMap<>(kafka);
        for (int i = 0; i < more.length; i += 2) {
            settings.put((String) more[i], more[i + 1]);
        }
        return settings;
    }

    /** Creates the topic if it is missing. */
    static SchemaLog open(Map<String, ?> kafka) {
        try (Admin admin = Admin.create(with(kafka))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.empty())
                            .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT))))
                    .all()
                    .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new EmbeddedServerException(
                        "The embedded schema registry cannot create its topic " + TOPIC + " on "
                                + kafka.get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG),
                        e);
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
        return new SchemaLog(kafka);
    }

    /** What the log holds now, oldest first: the last value of every key, without the deleted. */
    Map<JsonNode, JsonNode> contents() {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        Map<String, Object> settings = with(kafka, ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        Map<JsonNode, JsonNode> contents = new LinkedHashMap<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition), TIMEOUT).getOrDefault(partition, 0L);
            Instant deadline = Instant.now().plus(TIMEOUT);
            while (consumer.position(partition, TIMEOUT) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    JsonNode key = json(record.key());
                    contents.remove(key); // so that it goes to the end
                    if (record.value() != null) {
                        contents.put(key, json(record.value()));
                    }
                }
                if (Instant.now().isAfter(deadline)) {
                    throw new EmbeddedServerException(
                            "The embedded schema registry could not read its topic " + TOPIC + " within " + TIMEOUT,
                            null);
                }
            }
        }
        return contents;
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new EmbeddedServerException("The topic " + TOPIC + " holds something other than JSON: " + text, e);
        }
    }

    void schema(StoredSchema schema) {
        ObjectNode value = JsonNodeFactory.instance
                .objectNode()
                .put("subject", schema.subject())
                .put("version", schema.version())
                .put("id", schema.id())
                .put("schema", schema.text())
                .put("deleted", false);
        append(key("SCHEMA", schema.subject(), 1).put("version", schema.version()), value);
    }

    /**
     * @param subject null for the level of subjects that have none
     * @param level null to have none
     */
    void level(@Nullable String subject, @Nullable Level level) {
        ObjectNode value =
                level == null ? null : JsonNodeFactory.instance.objectNode().put("compatibilityLevel", level.name());
        append(key("CONFIG", subject, 0), value);
    }

    private static ObjectNode key(String type, @Nullable String subject, int magic) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("keytype", type)
                .put("subject", subject)
                .put("magic", magic);
    }

    private void append(JsonNode key, @Nullable JsonNode value) {
        try {
            producer.send(new ProducerRecord<>(TOPIC, 0, key.toString(), value == null ? null : value.toString()))
                    .get();
        } catch (ExecutionException e) {
            throw RegistryError.brokerTrouble(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
