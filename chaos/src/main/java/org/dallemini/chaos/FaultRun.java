package org.dallemini.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.dallemini.stage.config.StageConfig;

/** Puts one fault after the other between a pipeline at work and its servers, and sees how it copes. */
final class FaultRun {
    private static final Duration STARTING = Duration.ofMinutes(2);
    private static final Duration FINISHING = Duration.ofMinutes(2);
    private static final Duration BASELINE = Duration.ofSeconds(3);
    private static final int WARM = 8;

    /** Pauses reach their full length after a few attempts. */
    private static final Duration BEGINNING = Duration.ofMillis(1500);

    private static final long POLL_MILLIS = 50;

    /** Throughput is looked at over this time. */
    private static final Duration WINDOW = Duration.ofMillis(1500);

    private static final double RECOVERED = 0.8;

    private final ProxiedServers servers;
    private final PromptStream prompts;
    private final StoredImageLog arrivals;
    private final Readiness readiness;
    private final Duration recovery;
    private final List<String> broken = new ArrayList<>();

    private FaultRun(
            ProxiedServers servers,
            PromptStream prompts,
            StoredImageLog arrivals,
            Readiness readiness,
            Duration recovery) {
        this.servers = servers;
        this.prompts = prompts;
        this.arrivals = arrivals;
        this.readiness = readiness;
        this.recovery = recovery;
    }

    /**
     * How a fault went.
     *
     * @param troubles what the stages said on {@code /readyz}
     * @param shown when the last of those that had to say something did, in seconds from the beginning; -1 if never
     * @param recovered when throughput was what it had been, in seconds from the end of the fault; -1 if never
     * @param caughtUp when what had gathered was worked off
     * @param images announced meanwhile
     */
    record Result(Fault fault, Set<String> troubles, double shown, double recovered, double caughtUp, long images) {}

    /**
     * What came of all.
     *
     * @param broken promises that were broken; empty if all is well
     */
    record Report(List<Result> results, double imagesPerSecond, ChaosResult verdict, List<String> broken) {}

    /**
     * Runs it from the first image to the last.
     *
     * @param imagesPerSecond that are asked for; the stages must manage more to catch up
     * @param recovery after which throughput must be back
     */
    static Report run(
            ProxiedServers servers,
            Stages stages,
            List<Fault> faults,
            double imagesPerSecond,
            Duration recovery,
            long seed)
            throws Exception {
        var config = new StageConfig(StageConfig.definition(), servers.directSettings());
        try (Readiness readiness = Readiness.watch(stages.managementPorts());
                StoredImageLog arrivals = StoredImageLog.follow(config);
                PromptStream prompts = PromptStream.start(config, imagesPerSecond, 0, seed)) {
            return new FaultRun(servers, prompts, arrivals, readiness, recovery).run(faults);
        }
    }

    private Report run(List<Fault> faults) throws Exception {
        require(STARTING, () -> readiness.isAllReady() && arrivals.count() >= WARM && backlog() < WARM, "start");
        TimeUnit.NANOSECONDS.sleep(BASELINE.toNanos());
        long now = System.currentTimeMillis();
        double before = arrivals.between(now - BASELINE.toMillis(), now) * 1e3 / BASELINE.toMillis();
        Chaos.say(String.format("%.1f images/s before anything goes wrong", before));
        var results = new ArrayList<Result>();
        for (Fault fault : faults) {
            Chaos.say(fault.name() + " for " + fault.length().toSeconds() + " s");
            results.add(suffer(fault, before));
        }
        prompts.finish();
        require(FINISHING, () -> arrivals.count() >= prompts.accepted() - prompts.flawed(), "end");
        ChaosResult verdict = ChaosResult.of(Ledger.read(servers.directSettings()), prompts.published());
        broken.addAll(verdict.problems());
        broken.addAll(prompts.problems());
        return new Report(results, before, verdict, List.copyOf(broken));
    }

    /** The same trouble with each of many images is one. */
    private Set<String> troubles(long from, long until) {
        var texts = new TreeSet<String>();
        readiness.troubles(from, until).forEach(text -> texts.add(text.replaceAll("prompt-\\d+|127.0.0.1:\\d+", "…")));
        return texts;
    }

    private Result suffer(Fault fault, double before) throws Exception {
        long from = System.nanoTime();
        long fromMillis = System.currentTimeMillis();
        fault.begin().in(servers, prompts);
        TimeUnit.NANOSECONDS.sleep(fault.length().toNanos());
        long end = System.nanoTime();
        switch (fault.knocked()) {
            case BROKER -> expectRarer("the broker", servers.broker().attemptsSince(from), from, end);
            case NONE -> {}
        }
        servers.healAll();
        long healed = System.currentTimeMillis();
        double limit = recovery.toMillis() / 1e3;
        boolean isBack = secondsUntil(() -> back(healed, before) >= 0) >= 0;
        double recovered = back(healed, before);
        double caughtUp = isBack ? secondsUntil(() -> readiness.isAllReady() && backlog() <= 2 * before) : -1;
        double after = (System.currentTimeMillis() - healed) / 1e3;
        if (!isBack) {
            broken.add(fault.name() + ": throughput was not back after " + limit + " s; " + readiness);
        } else if (caughtUp < 0) {
            broken.add(fault.name() + ": not ready, or behind by " + backlog() + " images, " + limit
                    + " s after throughput was back; " + readiness);
        }
        long until = System.nanoTime();
        double shown = 0;
        for (Map.Entry<StageKind, Pattern> expected : fault.words().entrySet()) {
            Optional<Duration> said = readiness
                    .saidAfter(from, expected.getKey(), expected.getValue())
                    .filter(time -> time.compareTo(fault.length().plusSeconds(2)) < 0);
            if (said.isEmpty()) {
                broken.add(fault.name() + ": " + expected.getKey().command() + " never said " + expected.getValue()
                        + " but " + troubles(from, until));
            }
            double seconds = said.map(time -> time.toMillis() / 1e3).orElse(-1.0);
            shown = shown < 0 || seconds < 0 ? -1 : Math.max(shown, seconds);
        }
        return new Result(
                fault,
                troubles(from, until),
                shown,
                recovered,
                caughtUp < 0 ? -1 : after,
                arrivals.between(fromMillis, System.currentTimeMillis()));
    }

    /** Clients that pause longer after each failure knock more often at the beginning than in the last third. */
    private void expectRarer(String server, List<Long> attempts, long from, long end) {
        long third = (end - from) / 3;
        long beginning = Math.min(third, BEGINNING.toNanos());
        double first = attempts.stream().filter(at -> at - from < beginning).count() * 1e9 / beginning;
        double last = attempts.stream().filter(at -> end - at < third).count() * 1e9 / third;
        long moments = attempts.stream().map(at -> at / 1_000_000).distinct().count();
        Chaos.say(String.format(
                "%d attempts to reach %s, %.1f a second at the beginning and %.1f in the end, in %d different ms",
                attempts.size(), server, first, last, moments));
        if (last >= first) {
            broken.add(String.format(
                    "%.1f attempts a second to reach %s in the end, %.1f at the beginning", last, server, first));
        }
    }

    /** How many seconds later a time began in which as much was done as before; -1 if there is none yet. */
    private double back(long healed, double before) {
        long window = WINDOW.toMillis();
        for (long from = healed; from + window <= System.currentTimeMillis(); from += 100) {
            if (arrivals.between(from, from + window) >= RECOVERED * before * window / 1e3) {
                return (from - healed) / 1e3;
            }
        }
        return -1;
    }

    private int backlog() {
        return prompts.published() - prompts.flawed() - arrivals.count();
    }

    private double secondsUntil(BooleanSupplier state) throws InterruptedException {
        long start = System.nanoTime();
        while (!state.getAsBoolean()) {
            if (System.nanoTime() - start > recovery.toNanos()) {
                return -1;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private void require(Duration patience, BooleanSupplier state, String what) throws InterruptedException {
        Patience.await(
                patience,
                state,
                () -> "The pipeline does not " + what + ": " + prompts.accepted() + " prompts accepted, "
                        + arrivals.count() + " images stored; " + readiness);
    }
}
