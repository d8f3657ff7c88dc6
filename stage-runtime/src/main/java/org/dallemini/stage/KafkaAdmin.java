package org.dallemini.stage;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.stage.config.StageConfig;

/** Opens admin clients. They are the first to meet the settings for TLS and SASL, in stages and commands alike. */
public final class KafkaAdmin {
    private KafkaAdmin() {}

    /**
     * Opens one.
     *
     * @throws ConfigException if no client can be made: a trust store that cannot be read, a login without a module
     * @throws KafkaException if no name of a broker can be resolved, see {@link Failures#isUnresolved}
     */
    public static Admin open(StageConfig config) {
        try {
            return Admin.create(config.admin());
        } catch (ConfigException e) {
            throw e;
        } catch (KafkaException e) {
            if (Failures.isUnresolved(e)) {
                throw e;
            }
            throw new ConfigException("Settings for Kafka's clients: " + Failures.describe(e));
        }
    }
}
