package org.dallemini.stack;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.SchemaRegistration;
import org.dallemini.serde.SchemaRegistryClient;
import org.dallemini.stage.KafkaAdmin;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan;

/** What has to be there before the stages start: topics and schemas. Safe to repeat. */
final class Preparation {
    private Preparation() {}

    static void run(Map<String, String> settings) {
        var config = new StageConfig(StageConfig.definition(), settings);
        try (Admin admin = KafkaAdmin.open(config)) {
            TopicPlan.of(config).apply(admin);
        }
        new SchemaRegistration(new SchemaRegistryClient(config.serde()), EventSchemas.load(), config.topics())
                .register();
    }
}
