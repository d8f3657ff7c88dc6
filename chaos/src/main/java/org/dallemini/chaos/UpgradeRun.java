package org.dallemini.chaos;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.utils.Utils;
import org.dallemini.stack.Preparation;
import org.dallemini.stage.config.StageConfig;

/**
 * Draws images at a steady rate with the stages of another version, puts this version's in their places, stage by stage
 * and beside them, then goes back the same way; and counts what became of each prompt.
 */
final class UpgradeRun implements AutoCloseable {
    /** Those who read before those who write: what a new field says is then understood from its first record on. */
    private static final List<StageKind> ORDER = List.of(
            StageKind.STORAGE_SINK, StageKind.IMAGE_DECODER, StageKind.TOKEN_GENERATOR, StageKind.PROMPT_INGEST);

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** So many are stored with both versions of a stage at work, and with one of them alone. */
    private static final int IMAGES_A_STEP = 6;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Map<StageKind, Running> running = new EnumMap<>(StageKind.class);
    private final HttpClient http = HttpClient.newHttpClient();
    private final Path folder;
    private final OtherVersion before;
    private final double rate;
    private final boolean topologyChanged;
    private final Map<String, String> settings;
    private final Path file;
    private final StoredImageLog arrivals;
    private final PromptStream prompts;
    private int started;

    private record Running(Program program, int port) {}

    private UpgradeRun(Path folder, OtherVersion before, double rate, boolean topologyChanged, long seed)
            throws Exception {
        this.folder = folder;
        this.before = before;
        this.rate = rate;
        this.topologyChanged = topologyChanged;
        try {
            var servers = keep(Servers.start(folder));
            settings = new HashMap<>(servers.settings());
            settings.putAll(Stages.settings(folder));
            settings.put(StageConfig.TOPIC_PREFIX, "upgrade.");
            settings.put("s3.bucket", "upgrade");
            settings.put("state.dir", folder.resolve("state").toString());
            file = StageProcesses.write(folder, settings);
            before.command(folder, "topics", "apply", "--config", file.toString());
            before.command(folder, "schemas", "register", "--config", file.toString());
            var config = new StageConfig(StageConfig.definition(), settings);
            for (StageKind kind : ORDER) {
                running.put(kind, start(kind, Optional.of(before)));
            }
            for (Running stage : running.values()) {
                awaitReady(stage);
            }
            arrivals = keep(StoredImageLog.follow(config));
            prompts = keep(PromptStream.start(config, rate, 0, seed));
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T keep(T part) {
        parts.push(part);
        return part;
    }

    /**
     * Runs it from the first image to the last.
     *
     * @param folder for data and logs
     * @param topologyChanged whether the two must not run prompt-ingest at the same time
     */
    static TroubleReport run(Path folder, OtherVersion before, double rate, boolean topologyChanged, long seed)
            throws Exception {
        try (var run = new UpgradeRun(folder, before, rate, topologyChanged, seed)) {
            return run.run();
        }
    }

    private TroubleReport run() throws Exception {
        awaitImages("at the start");
        Preparation.run(settings);
        var steps = new ArrayList<TroubleReport.Event>();
        for (StageKind kind : ORDER) {
            steps.add(replace(kind, Optional.empty(), "up"));
        }
        var back = new ArrayList<>(ORDER);
        Collections.reverse(back);
        for (StageKind kind : back) {
            steps.add(replace(kind, Optional.of(before), "back"));
        }
        prompts.finish();
        Patience.await(PATIENCE, () -> arrivals.count() >= prompts.accepted(), () -> stuck("at the end"));
        return TroubleReport.of(rate, steps, prompts, settings, List.of());
    }

    /** @param version empty for this one */
    private Running start(StageKind kind, Optional<OtherVersion> version) throws Exception {
        int port = FreePort.find();
        String name = kind.command() + "-" + ++started
                + version.map(v -> "-of-" + v.shortName()).orElse("");
        Path log = folder.resolve(name + ".log");
        List<String> arguments =
                List.of(kind.command(), "--config", file.toString(), "--command-property", "management.port=" + port);
        Program program = keep(
                version.isPresent()
                        ? version.get().start(name, folder, log, arguments)
                        : Program.start(name, folder, log, List.of("-Xmx512m"), arguments));
        return new Running(program, port);
    }

    private TroubleReport.Event replace(StageKind kind, Optional<OtherVersion> by, String way) throws Exception {
        Chaos.say(way + ": " + kind.command());
        long from = System.currentTimeMillis();
        Running old = Objects.requireNonNull(running.get(kind));
        boolean oldFirst = topologyChanged && kind == StageKind.PROMPT_INGEST;
        if (oldFirst) {
            stop(old);
        }
        Running next = start(kind, by);
        running.put(kind, next);
        awaitReady(next);
        if (!oldFirst) {
            awaitImages("with both versions of " + kind.command());
            stop(old);
        }
        awaitImages("after " + old.program().name() + " has stopped");
        return TroubleReport.Event.until(kind.command() + ", " + way, from, arrivals);
    }

    private static void stop(Running old) throws IOException, InterruptedException {
        old.program().terminate();
        if (!old.program().await(PATIENCE)) {
            throw new IllegalStateException("It does not stop: " + old.program());
        }
    }

    private void awaitReady(Running stage) throws InterruptedException {
        Patience.await(PATIENCE, () -> isReady(stage), () -> "It does not become ready: " + stage.program());
    }

    private boolean isReady(Running stage) {
        try {
            return Readiness.get(http, stage.port(), "/readyz").statusCode() == 200;
        } catch (IOException e) {
            return false; // it does not listen yet
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void awaitImages(String when) throws InterruptedException {
        int goal = arrivals.count() + IMAGES_A_STEP;
        Patience.await(PATIENCE, () -> arrivals.count() >= goal, () -> stuck(when));
    }

    private String stuck(String when) {
        return "No images come " + when + ": " + prompts.accepted() + " prompts accepted, " + arrivals.count()
                + " images stored; logs in " + folder;
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            Utils.closeQuietly(parts.pop(), "part of the run");
        }
    }
}
