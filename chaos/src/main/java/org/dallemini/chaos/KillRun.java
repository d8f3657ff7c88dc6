package org.dallemini.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Draws the same prompts twice, each time with every stage as processes of its own: once in peace, and once while they
 * are killed, frozen, scaled up and down, and the servers are killed under them. Then both must have brought forth the
 * same records, each once, and the same objects.
 */
final class KillRun {
    /** So long is a process frozen: longer than its group waits for it ({@code session.timeout.ms}, 10 s). */
    private static final Duration FREEZE = Duration.ofSeconds(13);

    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    /** However little is done meanwhile: also what recovers from one disruption shall be hit by the next. */
    private static final Duration MAX_PAUSE = Duration.ofSeconds(10);

    /** So much more than is to be done by the next disruption is published, so that it finds work in hand. */
    private static final double BACKLOG = 0.15;

    private static final int MAX_PROCESSES = 3;

    private final Path folder;
    private final long seed;
    private final int images;
    private final Disruption.Amount amount;
    private long inHand;
    private final Map<Disruption.Kind, Integer> done = new EnumMap<>(Disruption.Kind.class);

    /**
     * @param folder for data and logs
     * @param seed of the prompts and of what befalls them
     */
    KillRun(Path folder, long seed, int images, Disruption.Amount amount) {
        this.folder = folder;
        this.seed = seed;
        this.images = images;
        this.amount = amount;
    }

    KillReport run() throws Exception {
        var random = new Random(seed);
        ChaosPrompts prompts = ChaosPrompts.of(images, random);
        List<Disruption> plan = Disruption.plan(amount, random);
        Chaos.say("seed " + seed + ", " + images + " images of "
                + prompts.list().size() + " prompts, " + plan.size() + " disruptions; logs in " + folder);
        try (Servers servers = Servers.start(folder)) {
            Ledger calm = calm(prompts, servers);
            long began = System.nanoTime();
            Ledger wild = wild(prompts, plan, servers);
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            return KillReport.of(seed, prompts, done, (double) inHand / plan.size(), calm, wild, took);
        }
    }

    private Ledger calm(ChaosPrompts prompts, Servers servers) throws Exception {
        try (Deployment calm = Deployment.prepare("calm", folder, servers.settings());
                ChaosPrompts.Publisher publisher = prompts.publisher(calm.config());
                StoredImages stored = new StoredImages(calm.config())) {
            calm.startAll();
            publisher.finish();
            stored.awaitAll(prompts.images());
            CompletedJobs.await(calm.config(), prompts.list().size(), TIMEOUT);
            calm.stop();
            Chaos.say("drawn undisturbed; now the same with disruptions");
            return Ledger.read(calm.settings());
        }
    }

    private Ledger wild(ChaosPrompts prompts, List<Disruption> plan, Servers servers) throws Exception {
        try (Deployment wild = Deployment.prepare("wild", folder, servers.settings());
                ChaosPrompts.Publisher publisher = prompts.publisher(wild.config());
                StoredImages stored = new StoredImages(wild.config())) {
            wild.startAll();
            publisher.publishUpTo(BACKLOG);
            stored.await(1, TIMEOUT); // kills before anything runs would prove nothing
            for (Disruption next : plan) {
                stored.await((int) (next.share() * prompts.images()), MAX_PAUSE);
                publisher.publishUpTo(next.share() + BACKLOG);
                TimeUnit.MILLISECONDS.sleep(next.delay().toMillis());
                inHand += publisher.images() - stored.look();
                happen(next, wild, servers);
                done.merge(next.kind(), 1, Integer::sum);
            }
            publisher.finish();
            Chaos.say("all is published and all has happened; waiting for the rest");
            stored.awaitAll(prompts.images());
            CompletedJobs.await(wild.config(), prompts.list().size(), TIMEOUT);
            wild.stop();
            return Ledger.read(wild.settings());
        }
    }

    private void happen(Disruption what, Deployment wild, Servers servers) throws Exception {
        List<Program> processes = wild.processes(what.stage());
        Program victim = processes.get(what.victim() % processes.size());
        Chaos.say(what.kind() + " " + (what.kind() == Disruption.Kind.KILL_SERVERS ? "" : victim.name()));
        switch (what.kind()) {
            case KILL -> {
                wild.kill(what.stage(), victim);
                wild.start(what.stage());
            }
            case SCALE_UP -> {
                if (processes.size() == MAX_PROCESSES) {
                    wild.leave(what.stage(), victim);
                }
                wild.start(what.stage());
            }
            case SCALE_DOWN -> {
                if (processes.size() == 1) {
                    wild.start(what.stage());
                }
                wild.leave(what.stage(), victim);
            }
            case FREEZE -> {
                if (processes.size() == 1) {
                    wild.start(what.stage());
                }
                victim.pause();
                TimeUnit.MILLISECONDS.sleep(FREEZE.toMillis());
                victim.resume();
            }
            case KILL_SERVERS -> servers.killAndRestart();
        }
    }
}
