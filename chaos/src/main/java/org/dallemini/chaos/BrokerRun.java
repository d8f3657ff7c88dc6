package org.dallemini.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.utils.Utils;
import org.dallemini.embedded.EmbeddedObjectStore;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.stack.Preparation;
import org.dallemini.stage.config.StageConfig;

/**
 * Draws images at a steady rate over three brokers, while one of these after the other is rolled, killed, frozen, cut
 * off and has its disk filled; sees how long a reader of {@code stored-images} gets nothing, and counts what became of
 * each prompt. Schema registry and object store run in this JVM, where nothing happens to them.
 */
final class BrokerRun implements AutoCloseable {
    private static final String ACCESS_KEY = "chaos";
    private static final String SECRET_KEY = "chaos-secret";
    private static final Duration STARTING = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration CALM = Duration.ofSeconds(20);
    private static final Duration FREEZE = Duration.ofSeconds(25);
    private static final Duration CUT_OFF = Duration.ofSeconds(30);
    private static final Duration END_ON_FULL_DISK = Duration.ofMinutes(1);
    private static final int WARM = 5;

    /** At most so many seconds' worth of images may wait when the next trouble comes. */
    private static final double CAUGHT_UP = 5;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Path folder;
    private final int images;
    private final double rate;
    private final Random random;
    private final List<BrokerTrouble> plan;
    private final BrokerCluster cluster;
    private final StageProcesses stages;
    private final Map<String, String> settings;
    private final StoredImageLog arrivals;
    private final PromptStream prompts;
    private boolean hasKilled;

    private BrokerRun(Path folder, long seed, int images, double rate, int kills) throws Exception {
        this.folder = folder;
        this.images = images;
        this.rate = rate;
        this.random = new Random(seed);
        this.plan = BrokerTrouble.plan(kills, random);
        try {
            cluster = keep(BrokerCluster.start(folder.resolve("brokers")));
            settings = keepServers();
            var config = new StageConfig(StageConfig.definition(), settings);
            Preparation.run(settings);
            stages = keep(StageProcesses.start(folder, settings, List.of("-Xmx512m")));
            try (Readiness readiness = Readiness.watch(stages.managementPorts())) {
                Patience.await(STARTING, readiness::isAllReady, () -> "The stages do not start: " + readiness);
            }
            arrivals = keep(StoredImageLog.follow(config, config.consumer()));
            prompts = keep(PromptStream.start(config, rate, 0, seed));
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    private Map<String, String> keepServers() {
        var registry = keep(EmbeddedSchemaRegistry.start(cluster.bootstrapServers(), 0));
        var store = keep(EmbeddedObjectStore.start(folder.resolve("objects"), 0, ACCESS_KEY, SECRET_KEY));
        var all = new HashMap<>(Stages.settings(folder));
        all.put(StageConfig.BOOTSTRAP_SERVERS, cluster.bootstrapServers());
        all.put(StageConfig.SCHEMA_REGISTRY_URL, registry.url());
        all.put("s3.endpoint", store.endpoint());
        all.put("s3.access.key", ACCESS_KEY);
        all.put("s3.secret.key", SECRET_KEY);
        all.put(StageConfig.TOPIC_PARTITIONS, "3");
        all.put(StageConfig.TOPIC_REPLICATION, "3");
        all.put(StageConfig.TOPIC_MIN_INSYNC_REPLICAS, "2");
        all.put("state.dir", folder.resolve("state").toString());
        return Map.copyOf(all);
    }

    private <T extends AutoCloseable> T keep(T part) {
        parts.push(part);
        return part;
    }

    /**
     * Runs it from the first image to the last.
     *
     * @param folder for data and logs
     * @param images to draw at least; more, if all troubles take longer
     * @param rate images a second that are asked for
     * @param kills of brokers; the other troubles in proportion
     */
    static TroubleReport run(Path folder, long seed, int images, double rate, int kills) throws Exception {
        try (var run = new BrokerRun(folder, seed, images, rate, kills)) {
            return run.run();
        }
    }

    private TroubleReport run() throws Exception {
        require(STARTING, () -> arrivals.count() >= WARM && isCaughtUp(), "start");
        var events = new ArrayList<TroubleReport.Event>();
        long began = System.currentTimeMillis();
        TimeUnit.MILLISECONDS.sleep(CALM.toMillis());
        events.add(TroubleReport.Event.until("nothing", began, arrivals));
        var problems = new ArrayList<String>();
        for (BrokerTrouble trouble : plan) {
            if (trouble == BrokerTrouble.DISK_FILLED
                    && cluster.brokerOnLimitedDisk().isEmpty()) {
                problems.add("left out: " + trouble.text() + ": mounting a small file system needs Linux and root");
                continue;
            }
            long from = System.currentTimeMillis();
            String whom = suffer(trouble);
            cluster.awaitInSync();
            require(PATIENCE, this::isCaughtUp, "catch up (" + trouble.text() + ")");
            events.add(TroubleReport.Event.until(trouble.text() + ": " + whom, from, arrivals));
        }
        require(PATIENCE.plusSeconds((long) (images / rate)), () -> prompts.published() >= images, "go on");
        prompts.finish();
        require(PATIENCE, () -> arrivals.count() >= prompts.accepted(), "end");
        for (StageKind kind : StageKind.values()) {
            if (!stages.program(kind).isAlive()) {
                problems.add("a stage has ended by itself: " + stages.program(kind));
            }
        }
        return TroubleReport.of(rate, events, prompts, settings, problems);
    }

    /** @return which broker it was, for people */
    private String suffer(BrokerTrouble trouble) throws Exception {
        if (trouble == BrokerTrouble.ROLLED) {
            for (int id = 1; id <= BrokerCluster.SIZE; id++) {
                cluster.stop(id);
                Chaos.say("broker " + id + " has stopped");
                cluster.start(id);
                cluster.awaitInSync();
                Chaos.say("broker " + id + " is back");
            }
            return "all";
        }
        int controller = cluster.controller();
        int id = victim(trouble, controller);
        String whom = "broker " + id + (id == controller ? ", the controller" : "");
        Chaos.say(trouble.text() + ": " + whom);
        switch (trouble) {
            case KILLED -> {
                cluster.kill(id);
                cluster.start(id);
                cluster.awaitNoticed();
            }
            case FROZEN -> {
                cluster.freeze(id);
                TimeUnit.MILLISECONDS.sleep(FREEZE.toMillis());
                cluster.thaw(id);
            }
            case CUT_OFF -> {
                cluster.cutOff(id);
                TimeUnit.MILLISECONDS.sleep(CUT_OFF.toMillis());
                cluster.heal();
            }
            case DISK_FILLED -> {
                cluster.fillDisk();
                if (!cluster.ends(id, END_ON_FULL_DISK)) {
                    throw new IOException("Broker " + id + " runs on with a full disk");
                }
                cluster.clearDisk();
                cluster.start(id);
                cluster.awaitNoticed();
            }
            case ROLLED -> throw new AssertionError(trouble);
        }
        return whom;
    }

    /** One whose absence the reader notices, and the controller at least once. */
    private int victim(BrokerTrouble trouble, int controller) throws InterruptedException, ExecutionException {
        if (trouble == BrokerTrouble.DISK_FILLED) {
            return cluster.brokerOnLimitedDisk().orElseThrow();
        }
        if (trouble == BrokerTrouble.KILLED && !hasKilled) {
            hasKilled = true;
            return controller;
        }
        String topic =
                new StageConfig(StageConfig.definition(), settings).topics().storedImages();
        return cluster.leader(topic, random.nextInt(3));
    }

    private boolean isCaughtUp() {
        return prompts.published() - arrivals.count() <= CAUGHT_UP * rate;
    }

    private void require(Duration patience, BooleanSupplier state, String what) throws InterruptedException {
        Patience.await(
                patience,
                state,
                () -> "The pipeline does not " + what + ": " + prompts.accepted() + " of " + prompts.published()
                        + " prompts accepted, " + arrivals.count() + " images stored; logs in " + folder);
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            Utils.closeQuietly(parts.pop(), "part of the run");
        }
    }
}
