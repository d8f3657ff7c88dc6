package org.dallemini.embedded.testing;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** Changes settings of topics. */
public final class TopicSettings {
    private TopicSettings() {}

    /**
     * Returns when the broker, if it is the only one, works by the new value, which is some time after the controller
     * has taken it. A broker applies changes of metadata one after the other and shows each before it applies it: when
     * it shows the second of two, it works by the first.
     */
    public static void alter(Map<String, Object> adminSettings, String topic, String setting, String value) {
        try (Admin admin = Admin.create(adminSettings)) {
            set(admin, topic, setting, value);
            set(admin, topic, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, "3600001");
            set(admin, topic, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, "3600000");
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("cannot set " + setting + " of the topic " + topic, e);
        }
    }

    private static void set(Admin admin, String topic, String setting, String value)
            throws InterruptedException, ExecutionException, TimeoutException {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var change = new AlterConfigOp(new ConfigEntry(setting, value), OpType.SET);
        admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get(30, TimeUnit.SECONDS);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!value.equals(shown(admin, resource, setting))) {
            if (System.nanoTime() > end) {
                throw new TimeoutException("the broker does not show the new value after 30 s");
            }
        }
    }

    private static String shown(Admin admin, ConfigResource resource, String setting)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<ConfigResource, Config> shown =
                admin.describeConfigs(List.of(resource)).all().get(30, TimeUnit.SECONDS);
        return Objects.requireNonNull(shown.get(resource)).get(setting).value();
    }
}
