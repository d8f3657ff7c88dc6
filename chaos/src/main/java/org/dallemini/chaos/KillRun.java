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
            Ledger undisturbed = undisturbed(prompts, servers);
            long began = System.nanoTime();
            Ledger disturbed = disturbed(prompts, plan, servers);
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            return KillReport.of(seed, prompts, done, (double) inHand / plan.size(), undisturbed, disturbed, took);
        }
    }

    private Ledger undisturbed(ChaosPrompts prompts, Servers servers) throws Exception {
        try (Deployment undisturbed = Deployment.prepare("calm", folder, servers.settings());
                ChaosPrompts.Publisher publisher = prompts.publisher(undisturbed.config());
                StoredImages stored = new StoredImages(undisturbed.config())) {
            undisturbed.startAll();
            publisher.finish();
            stored.awaitAll(prompts.images());
            CompletedJobs.await(undisturbed.config(), prompts.list().size(), TIMEOUT);
            undisturbed.stop();
            Chaos.say("drawn undisturbed; now the same with disruptions");
            return Ledger.read(undisturbed.settings());
        }
    }

    private Ledger disturbed(ChaosPrompts prompts, List<Disruption> plan, Servers servers) throws Exception {
        try (Deployment disturbed = Deployment.prepare("wild", folder, servers.settings());
                ChaosPrompts.Publisher publisher = prompts.publisher(disturbed.config());
                StoredImages stored = new StoredImages(disturbed.config())) {
            disturbed.startAll();
            publisher.publishUpTo(BACKLOG);
            stored.await(1, TIMEOUT); // kills before anything runs would show nothing
            for (Disruption next : plan) {
                stored.await((int) (next.share() * prompts.images()), MAX_PAUSE);
                publisher.publishUpTo(next.share() + BACKLOG);
                TimeUnit.MILLISECONDS.sleep(next.delay().toMillis());
                inHand += publisher.images() - stored.look();
                happen(next, disturbed, servers);
                done.merge(next.kind(), 1, Integer::sum);
            }
            publisher.finish();
            Chaos.say("all is published and all has happened; waiting for the rest");
            stored.awaitAll(prompts.images());
            CompletedJobs.await(disturbed.config(), prompts.list().size(), TIMEOUT);
            disturbed.stop();
            return Ledger.read(disturbed.settings());
        }
    }

    private void happen(Disruption what, Deployment disturbed, Servers servers) throws Exception {
        List<Program> processes = disturbed.processes(what.stage());
        Program victim = processes.get(what.victim() % processes.size());
        Chaos.say(what.kind() + " " + (what.kind() == Disruption.Kind.KILL_SERVERS ? "" : victim.name()));
        switch (what.kind()) {
            case KILL -> {
                disturbed.kill(what.stage(), victim);
                disturbed.start(what.stage());
            }
            case SCALE_UP -> {
                if (processes.size() == MAX_PROCESSES) {
                    disturbed.leave(what.stage(), victim);
                }
                disturbed.start(what.stage());
            }
            case SCALE_DOWN -> {
                if (processes.size() == 1) {
                    disturbed.start(what.stage());
                }
                disturbed.leave(what.stage(), victim);
            }
            case FREEZE -> {
                if (processes.size() == 1) {
                    disturbed.start(what.stage());
                }
                victim.pause();
                TimeUnit.MILLISECONDS.sleep(FREEZE.toMillis());
                victim.resume();
            }
            case KILL_SERVERS -> servers.killAndRestart();
        }
    }
}
