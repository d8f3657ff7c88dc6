package org.dallemini.embedded;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Settings of the one node: small, on loopback, and quick to start and to stop. */
final class BrokerSettings {
    static final String CONTROLLER_LISTENER = "CONTROLLER";
    static final int NODE_ID = 1;

    /** The one setting of the node's identity that may differ: clients may come through something in between. */
    private static final String ADVERTISED = "advertised.listeners";

    private BrokerSettings() {}

    /** @throws IllegalArgumentException if an override touches what makes the node the one we started */
    static Map<String, String> of(
            Path dataDir, int brokerPort, int controllerPort, BrokerSecurity security, Map<String, String> overrides) {
        Map<String, String> fixed = identity(dataDir, brokerPort, controllerPort, security.listener());
        fixed.putAll(security.settings());
        for (String key : overrides.keySet()) {
            if (fixed.containsKey(key) && !key.equals(ADVERTISED)) {
                throw new IllegalArgumentException(
                        "The setting " + key + " of an embedded broker cannot be overridden");
            }
        }
        Map<String, String> settings = new HashMap<>(defaults());
        settings.putAll(overrides);
        settings.putAll(fixed);
        if (overrides.containsKey(ADVERTISED)) {
            settings.put(ADVERTISED, overrides.get(ADVERTISED));
        }
        return settings;
    }

    private static Map<String, String> identity(Path dataDir, int brokerPort, int controllerPort, String listener) {
        String broker = listener + "://127.0.0.1:" + brokerPort;
        String controller = CONTROLLER_LISTENER + "://127.0.0.1:" + controllerPort;
        return new HashMap<>(Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                Integer.toString(NODE_ID),
                "log.dirs",
                dataDir.toString(),
                "listeners",
                broker + "," + controller,
                "advertised.listeners",
                broker,
                "inter.broker.listener.name",
                listener,
                "controller.listener.names",
                CONTROLLER_LISTENER,
                "listener.security.protocol.map",
                listener + ":" + listener + "," + CONTROLLER_LISTENER + ":PLAINTEXT",
                // A static voter, not one kept in the metadata log: the controller's port changes from run to run.
                "controller.quorum.voters",
                NODE_ID + "@127.0.0.1:" + controllerPort));
    }

    private static Map<String, String> defaults() {
        Map<String, String> settings = new HashMap<>();
        settings.put("auto.create.topics.enable", "false");
        settings.put("default.replication.factor", "1");
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            settings.put(topic + ".replication.factor", "1");
            settings.put(topic + ".num.partitions", "1");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");

        // Readers of committed records wait for a dead producer's transaction: look for timed-out ones every second.
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        // The first records of a transaction wait here until the markers of the one before are written. With the
        // default of 100 ms a busy machine refuses them, with what was sent behind them (out of order), to be sent
        // again.
        settings.put("add.partitions.to.txn.retry.backoff.max.ms", "5000");
        settings.put("group.initial.rebalance.delay.ms", "0");
        // After a kill the restarted broker waits until its old registration expires. An orderly stop takes the
        // registration back, which is what controlled shutdown is for on a single node.
        settings.put("broker.session.timeout.ms", "3000");
        settings.put("broker.heartbeat.interval.ms", "500");

        // Groups that pause for a few weeks carry on where they were.
        settings.put("offsets.retention.minutes", "43200");
        // Only whole segments are deleted; the index of each takes its space in advance.
        settings.put("log.segment.bytes", "134217728");
        settings.put("log.index.size.max.bytes", "1048576");

        // The default takes 128 MiB of heap.
        settings.put("log.cleaner.dedupe.buffer.size", "2097152");
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("num.recovery.threads.per.data.dir", "1");
        return settings;
    }
}
