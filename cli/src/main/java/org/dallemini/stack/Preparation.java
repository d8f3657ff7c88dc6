package org.dallemini.stack;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.SchemaRegistration;
import org.dallemini.serde.SchemaRegistryClient;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan;

/** What has to be there before the stages start: topics and schemas. Safe to repeat. */
public final class Preparation {
    private Preparation() {}

    /** @param settings where Kafka and the registry are; names and numbers of the topics */
    public static void run(Map<String, String> settings) {
        topics(settings);
        schemas(settings);
    }

    static void topics(Map<String, String> settings) {
        StageConfig config = config(settings);
        try (Admin admin = KafkaClients.admin(config)) {
            TopicPlan.of(config).apply(admin);
        }
    }

    static void schemas(Map<String, String> settings) {
        StageConfig config = config(settings);
        new SchemaRegistration(new SchemaRegistryClient(config.serde()), EventSchemas.load(), config.topics())
                .register();
    }

    private static StageConfig config(Map<String, String> settings) {
        return new StageConfig(StageConfig.definition(), settings);
    }
}
