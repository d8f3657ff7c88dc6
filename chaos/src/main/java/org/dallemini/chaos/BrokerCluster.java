package org.dallemini.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.utils.Utils;

/**
 * Three brokers as Kafka itself starts them ({@code kafka.Kafka}), each a process that is broker and controller at
 * once, formatted by Kafka's {@code StorageTool}, with Kafka's defaults but for replicas and size.
 */
final class BrokerCluster implements AutoCloseable {
    static final int SIZE = 3;

    private static final Duration STOPPING = Duration.ofMinutes(2);
    private static final Duration NOTICED = Duration.ofMinutes(1);
    private static final Duration IN_SYNC = Duration.ofMinutes(4);
    private static final int DISK_MEGABYTES = 400;
    private static final int ADMIN_TIMEOUT_MS = 5_000;

    /** The broker whose disk can be filled, if any can. */
    private static final int ON_LIMITED_DISK = SIZE;

    private final Path folder;
    private final BrokerNetwork network;
    private final Program[] processes = new Program[SIZE + 1];
    private final List<String> voters;
    private Optional<LimitedDisk> disk = Optional.empty();
    private final Admin admin;

    private BrokerCluster(Path folder, BrokerNetwork network) {
        this.folder = folder;
        this.network = network;
        this.voters = ids().mapToObj(id -> id + "@" + BrokerNetwork.name(id) + ":"
                        + network.ports(id).controller())
                .toList();
        this.admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                ADMIN_TIMEOUT_MS,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                2 * ADMIN_TIMEOUT_MS));
    }

    /** Starts them and returns when all serve clients. */
    static BrokerCluster start(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        var cluster = new BrokerCluster(folder, BrokerNetwork.open(SIZE));
        try {
            cluster.format();
            for (int id : ids().toArray()) {
                cluster.start(id);
            }
            cluster.awaitInSync();
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static IntStream ids() {
        return IntStream.rangeClosed(1, SIZE);
    }

    private void format() throws IOException, InterruptedException {
        disk = LimitedDisk.mount(data(ON_LIMITED_DISK), DISK_MEGABYTES);
        String cluster = Uuid.randomUuid().toString();
        var formatting = new ArrayList<Program>();
        for (int id : ids().toArray()) {
            Files.createDirectories(data(id));
            Files.write(hosts(id), network.hosts(id));
            Files.write(properties(id), settings(id));
            formatting.add(Program.java(
                    "format of " + BrokerNetwork.name(id),
                    "kafka.tools.StorageTool",
                    Map.of(),
                    log(id),
                    List.of("-XX:TieredStopAtLevel=1"),
                    List.of("format", "-t", cluster, "-c", properties(id).toString())));
        }
        for (Program each : formatting) {
            if (!each.await(STOPPING) || each.exitCode() != 0) {
                throw new IOException("Kafka's StorageTool has failed: " + each);
            }
        }
    }

    private List<String> settings(int id) {
        BrokerNetwork.Ports ports = network.ports(id);
        return List.of(
                "node.id=" + id,
                "process.roles=broker,controller",
                "controller.quorum.voters=" + String.join(",", voters),
                "listeners=CLIENTS://127.0.0.1:" + ports.clients() + ",BROKERS://127.0.0.1:" + ports.brokers()
                        + ",CONTROLLER://127.0.0.1:" + ports.controller(),
                "advertised.listeners=CLIENTS://" + network.clientAddress(id) + ",BROKERS://" + BrokerNetwork.name(id)
                        + ":" + ports.brokers() + ",CONTROLLER://" + BrokerNetwork.name(id) + ":"
                        + ports.controller(),
                "listener.security.protocol.map=CLIENTS:PLAINTEXT,BROKERS:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name=BROKERS",
                "controller.listener.names=CONTROLLER",
                "log.dirs=" + data(id),
                "default.replication.factor=3",
                "min.insync.replicas=2",
                "auto.create.topics.enable=false",
                // Leaders go back within seconds to where they were, not within minutes: the next trouble finds some.
                "leader.imbalance.check.interval.seconds=10",
                // Fifty partitions each would only make three brokers on one machine slow.
                "offsets.topic.num.partitions=6",
                "transaction.state.log.num.partitions=6",
                "share.coordinator.state.topic.num.partitions=1",
                "log.segment.bytes=16777216",
                "log.index.size.max.bytes=1048576",
                "log.cleaner.dedupe.buffer.size=2097152");
    }

    private Path data(int id) {
        return folder.resolve(BrokerNetwork.name(id));
    }

    private Path hosts(int id) {
        return folder.resolve(BrokerNetwork.name(id) + ".hosts");
    }

    private Path properties(int id) {
        return folder.resolve(BrokerNetwork.name(id) + ".properties");
    }

    private Path log(int id) {
        return folder.resolve(BrokerNetwork.name(id) + ".log");
    }

    /** For {@code bootstrap.servers}. */
    String bootstrapServers() {
        return ids().mapToObj(network::clientAddress).collect(Collectors.joining(","));
    }

    /** The broker whose disk can be filled; empty where no file system can be mounted. */
    Optional<Integer> brokerOnLimitedDisk() {
        return disk.map(d -> ON_LIMITED_DISK);
    }

    void start(int id) throws IOException {
        processes[id] = Program.java(
                BrokerNetwork.name(id),
                "kafka.Kafka",
                Map.of(),
                log(id),
                List.of("-Xmx512m", "-Djdk.net.hosts.file=" + hosts(id)),
                List.of(properties(id).toString()));
    }

    /** SIGTERM: it hands its partitions over, and ends. */
    void stop(int id) throws IOException, InterruptedException {
        processes[id].terminate();
        if (!processes[id].await(STOPPING)) {
            throw new IOException("A broker does not stop: " + processes[id]);
        }
    }

    void kill(int id) throws InterruptedException {
        processes[id].kill();
    }

    void freeze(int id) throws IOException, InterruptedException {
        processes[id].pause();
    }

    void thaw(int id) throws IOException, InterruptedException {
        processes[id].resume();
    }

    void cutOff(int id) {
        network.cutOff(id);
    }

    void heal() throws IOException {
        network.heal();
    }

    void fillDisk() throws IOException {
        disk.orElseThrow().fill();
    }

    void clearDisk() throws IOException {
        disk.orElseThrow().clear();
    }

    /** Whether it ended by itself within that time. */
    boolean ends(int id, Duration within) throws InterruptedException {
        return processes[id].await(within);
    }

    /** The broker that leads a partition. */
    int leader(String topic, int partition) throws InterruptedException, ExecutionException {
        TopicDescription found = Objects.requireNonNull(
                admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic));
        return found.partitions().get(partition).leader().id();
    }

    /** The node that leads the quorum. */
    int controller() throws InterruptedException, ExecutionException {
        return admin.describeMetadataQuorum().quorumInfo().get().leaderId();
    }

    /** Waits until the others know that one is away: before that, all looks well. */
    void awaitNoticed() throws InterruptedException {
        Patience.await(NOTICED, () -> !missing().isEmpty(), () -> "The cluster does not notice that a broker is away");
    }

    /** Waits until all brokers are there, and every replica of every topic, Kafka's own too, is in sync. */
    void awaitInSync() throws InterruptedException {
        Patience.await(
                IN_SYNC,
                () -> {
                    for (int id : ids().toArray()) {
                        if (!processes[id].isAlive()) {
                            throw new IllegalStateException("A broker has ended by itself: " + processes[id]);
                        }
                    }
                    return missing().isEmpty();
                },
                () -> "The cluster is not whole after " + IN_SYNC.toSeconds() + " s: " + missing());
    }

    private String missing() {
        try {
            int brokers = admin.describeCluster().nodes().get().size();
            Set<String> topics = admin.listTopics(new ListTopicsOptions().listInternal(true))
                    .names()
                    .get();
            List<String> behind = admin.describeTopics(topics).allTopicNames().get().values().stream()
                    .filter(topic -> !isInSync(topic))
                    .map(TopicDescription::name)
                    .toList();
            return brokers < SIZE
                    ? brokers + " of " + SIZE + " brokers"
                    : behind.isEmpty() ? "" : "replicas of " + behind;
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause()); // asked again
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static boolean isInSync(TopicDescription topic) {
        return topic.partitions().stream()
                .allMatch(p ->
                        p.leader() != null && p.isr().size() == p.replicas().size());
    }

    @Override
    public void close() {
        Utils.closeQuietly(() -> admin.close(Duration.ZERO), "admin client");
        for (Program process : processes) {
            Utils.closeQuietly(process, "broker");
        }
        network.close();
        disk.ifPresent(mounted -> Utils.closeQuietly(mounted, "disk"));
    }
}
