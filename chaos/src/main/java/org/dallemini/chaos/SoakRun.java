package org.dallemini.chaos;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.management.JMException;
import org.dallemini.stage.config.StageConfig;

/**
 * Keeps a pipeline busy for a long time, with refused prompts and broken connections mixed in, and sees whether its
 * processes use up anything.
 */
final class SoakRun {
    /** For the stages: native memory is counted, and by few threads' own pools, which only grow. */
    static final List<String> JVM = List.of("-Xmx512m", "-XX:NativeMemoryTracking=summary");

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final long POLL_MILLIS = 100;
    private static final double FLAWS = 0.1;
    private static final int WARM = 20;

    private final ProxiedServers servers;
    private final StageProcesses stages;
    private final Plan plan;
    private final Map<StageKind, Map<Vital, List<Trend.Sample>>> samples = new EnumMap<>(StageKind.class);

    private SoakRun(ProxiedServers servers, StageProcesses stages, Plan plan) {
        this.servers = servers;
        this.stages = stages;
        this.plan = plan;
    }

    /**
     * How long and how hard.
     *
     * @param warmUp of load, after which the time begins to count
     * @param pause between two looks at each process
     * @param reconnect between two resets of all connections
     * @param csv receives each sample
     */
    record Plan(
            Duration warmUp,
            Duration length,
            Duration pause,
            Duration reconnect,
            double imagesPerSecond,
            long seed,
            Path csv) {}

    /**
     * What came of it.
     *
     * @param trends of the second half
     * @param broken promises that were broken; empty if all is well
     */
    record Report(Map<StageKind, Map<Vital, Trend>> trends, ChaosResult verdict, List<String> broken) {}

    static Report run(ProxiedServers servers, StageProcesses stages, Plan plan) throws Exception {
        return new SoakRun(servers, stages, plan).run();
    }

    /** On a machine that is busy with other work a look takes seconds; half of so many still tell a trend. */
    private static final int MIN_LOOKS = 20;

    private Report run() throws Exception {
        var config = new StageConfig(StageConfig.definition(), servers.directSettings());
        try (Readiness readiness = Readiness.watch(stages.managementPorts());
                StoredImageLog arrivals = StoredImageLog.follow(config);
                PromptStream prompts = PromptStream.start(config, plan.imagesPerSecond(), FLAWS, plan.seed())) {
            require(() -> readiness.isAllReady() && arrivals.count() >= WARM, "start", readiness);
            Chaos.say("warming up for " + plan.warmUp().toSeconds() + " s");
            TimeUnit.NANOSECONDS.sleep(plan.warmUp().toNanos());
            sample();
            prompts.finish();
            require(() -> arrivals.count() >= prompts.accepted() - prompts.flawed(), "finish", readiness);
            ChaosResult verdict =
                    ChaosResult.of(Ledger.read(servers.directSettings()), prompts.published(), prompts.flawed());
            var trends = trends(samples);
            var broken = new ArrayList<>(verdict.problems());
            broken.addAll(leaks(trends));
            return new Report(trends, verdict, List.copyOf(broken));
        }
    }

    private void sample() throws Exception {
        var signs = new EnumMap<StageKind, VitalSigns>(StageKind.class);
        try (PrintWriter csv = new PrintWriter(Files.newBufferedWriter(plan.csv(), StandardCharsets.UTF_8))) {
            csv.println("seconds,stage,vital,value");
            for (StageKind kind : StageKind.values()) {
                signs.put(kind, VitalSigns.of(stages.program(kind).pid()));
            }
            long start = System.nanoTime();
            long reconnected = start;
            for (int looks = 0;
                    looks < MIN_LOOKS
                            || System.nanoTime() - start < plan.length().toNanos();
                    looks++) {
                for (var each : signs.entrySet()) {
                    look(each.getKey(), each.getValue(), (System.nanoTime() - start) / 1e9, csv);
                }
                csv.flush();
                if (System.nanoTime() - reconnected > plan.reconnect().toNanos()) {
                    servers.broker().resetAll();
                    servers.registry().resetAll();
                    servers.store().resetAll();
                    reconnected = System.nanoTime();
                }
                TimeUnit.NANOSECONDS.sleep(plan.pause().toNanos());
            }
        } finally {
            for (VitalSigns each : signs.values()) {
                each.close();
            }
        }
    }

    private void look(StageKind kind, VitalSigns signs, double seconds, PrintWriter csv)
            throws IOException, JMException {
        signs.look().forEach((vital, value) -> {
            samples.computeIfAbsent(kind, k -> new EnumMap<>(Vital.class))
                    .computeIfAbsent(vital, v -> new ArrayList<>())
                    .add(new Trend.Sample(seconds, value));
            csv.printf(Locale.ROOT, "%.1f,%s,%s,%.3f%n", seconds, kind.command(), vital.name(), value);
        });
    }

    /** Of the second half: in the first, pools and caches fill. */
    static Map<StageKind, Map<Vital, Trend>> trends(Map<StageKind, Map<Vital, List<Trend.Sample>>> samples) {
        var trends = new EnumMap<StageKind, Map<Vital, Trend>>(StageKind.class);
        samples.forEach((kind, vitals) ->
                vitals.forEach((vital, all) -> trends.computeIfAbsent(kind, k -> new EnumMap<>(Vital.class))
                        .put(vital, Trend.of(all.subList(all.size() / 2, all.size())))));
        return trends;
    }

    /** One line for each quantity that grows by more than it may, by its trend and in fact. */
    static List<String> leaks(Map<StageKind, Map<Vital, Trend>> trends) {
        var leaks = new ArrayList<String>();
        trends.forEach((kind, vitals) -> vitals.forEach((vital, trend) -> {
            if (trend.growth() > vital.tolerance() && trend.last() - trend.first() > vital.tolerance() / 2) {
                leaks.add(String.format(
                        Locale.ROOT,
                        "%s: %s grew from %.1f to %.1f, %.1f an hour",
                        kind.command(),
                        vital.text(),
                        trend.first(),
                        trend.last(),
                        trend.perHour()));
            }
        }));
        return leaks;
    }

    private static void require(BooleanSupplier state, String what, Readiness readiness) throws InterruptedException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!state.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("The pipeline does not " + what + ": " + readiness);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }
}
