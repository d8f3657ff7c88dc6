package org.dallemini.stage.config;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.dallemini.serde.SerdeConfig;

/** Which setting belongs to whom, and which must not be shown. */
final class KeyNames {
    /** For all of Kafka's clients. */
    static final String KAFKA = "kafka.";

    static final String PRODUCER = "producer.";
    static final String CONSUMER = "consumer.";
    static final String CONFIG_PROVIDERS = "config.providers";

    /** What Confluent's serdes understand besides the settings of ours. */
    private static final List<String> SERDE_PREFIXES =
            List.of("schema.registry.", "basic.auth.", "bearer.auth.", "avro.");

    private static final List<String> SERDE_NAMES =
            List.of("use.schema.id", "latest.compatibility.strict", "proxy.host", "proxy.port");
    private static final List<String> SECRETS = List.of("password", "secret", "user.info", "jaas", "credential");

    private KeyNames() {}

    static boolean isPassedThrough(String name) {
        return name.startsWith(KAFKA) || name.startsWith(PRODUCER) || name.startsWith(CONSUMER);
    }

    /** Understood by a Kafka client, the serde or Kafka's configuration itself, if not by a stage's own definition. */
    static boolean isKnownElsewhere(String name) {
        if (name.startsWith(KAFKA)) {
            return clientNames().contains(name.substring(KAFKA.length()));
        }
        if (name.startsWith(PRODUCER)) {
            return ProducerConfig.configNames().contains(name.substring(PRODUCER.length()));
        }
        if (name.startsWith(CONSUMER)) {
            return ConsumerConfig.configNames().contains(name.substring(CONSUMER.length()));
        }
        return name.startsWith(CONFIG_PROVIDERS)
                || SerdeConfig.DEFINITION.names().contains(name)
                || SERDE_NAMES.contains(name)
                || SERDE_PREFIXES.stream().anyMatch(name::startsWith);
    }

    /** Values of such settings are never shown or logged. */
    static boolean isSecret(String name, ConfigDef definition) {
        String lower = name.toLowerCase(Locale.ROOT);
        String bare = isPassedThrough(name) ? name.substring(name.indexOf('.') + 1) : name;
        return isPassword(definition.configKeys(), name)
                || isPassword(SerdeConfig.DEFINITION.configKeys(), name)
                || isPassword(ConsumerConfig.configDef().configKeys(), bare)
                || lower.endsWith(".token")
                || SECRETS.stream().anyMatch(lower::contains);
    }

    private static boolean isPassword(Map<String, ConfigDef.ConfigKey> keys, String name) {
        ConfigDef.ConfigKey key = keys.get(name);
        return key != null && key.type == Type.PASSWORD;
    }

    private static Set<String> clientNames() {
        var names = new HashSet<>(ProducerConfig.configNames());
        names.addAll(ConsumerConfig.configNames());
        names.addAll(AdminClientConfig.configNames());
        return names;
    }
}
