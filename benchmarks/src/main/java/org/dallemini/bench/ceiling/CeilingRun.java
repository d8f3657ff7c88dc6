package org.dallemini.bench.ceiling;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.bench.common.Folders;
import org.dallemini.bench.common.ProgramProcess;
import org.dallemini.bench.pipeline.IdleResult;
import org.dallemini.bench.pipeline.LoadResult;
import org.dallemini.bench.pipeline.Pipeline;
import org.dallemini.bench.pipeline.Setup;
import org.dallemini.stack.Preparation;
import org.dallemini.stack.StackFile;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan;

/**
 * A broker and an object store that answers at once, each in a process of its own, on a folder that is deleted
 * afterwards; the stages come and go.
 */
public final class CeilingRun implements AutoCloseable {
    private static final int DIRECT_MB = 512;
    private static final long SAMPLE_MILLIS = 50;
    private static final long TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final Setup SETUP = new Setup("made-up tokens and pixels", "", "", 16, 1, 0);

    private final Path folder;
    private final Map<String, String> settings;
    private final Map<String, String> addresses = new HashMap<>();
    private final ProgramProcess broker;
    private final ProgramProcess store;
    private final Admin admin;
    private final Progress progress;
    private final InputRecords inputs = new InputRecords();
    private int runs;

    private CeilingRun(Path folder, Map<String, String> settings, ProgramProcess broker) throws Exception {
        this.folder = folder;
        this.settings = settings;
        this.broker = broker;
        int port = ProgramProcess.freePort();
        this.store = ProgramProcess.of(
                InstantStore.class, "store", folder, DIRECT_MB, port, List.of(Integer.toString(port)));
        addresses.putAll(StackFile.read(folder).orElseThrow());
        addresses.put("s3.endpoint", "http://127.0.0.1:" + port);
        addresses.put(StageConfig.INSTANCE_DIR, folder.resolve("instances").toString());
        this.admin = KafkaClients.admin(new StageConfig(StageConfig.definition(), addresses));
        this.progress = new Progress(admin);
    }

    /**
     * Starts the servers.
     *
     * @param settings more of them, for the stages
     */
    public static CeilingRun start(Map<String, String> settings) throws Exception {
        Path folder = Folders.make("ceiling");
        ProgramProcess broker = ProgramProcess.servers(folder, DIRECT_MB);
        try {
            return new CeilingRun(folder, settings, broker);
        } catch (Exception e) {
            broker.close();
            throw e;
        }
    }

    /**
     * Has a stage work through records that lie there when it starts.
     *
     * @param images the records; 0 for as many as keep it busy for long enough
     */
    public StageResult stage(PipelineStage stage, int partitions, int processes, int images, Consumer<String> say)
            throws Exception {
        // Of several processes the first may be done with many before the last has started.
        int total = images > 0 ? images : stage.images() * Math.min(processes, 2);
        Map<String, String> own = new HashMap<>(addresses);
        own.put(StageConfig.TOPIC_PREFIX, "run" + ++runs + ".");
        own.put(StageConfig.TOPIC_PARTITIONS, Integer.toString(partitions));
        own.putAll(settings);
        StageConfig config = new StageConfig(StageConfig.definition(), own);
        say.accept(
                stage.title() + ": " + partitions + " partitions, " + processes + " processes, " + total + " images");
        Preparation.run(own);
        inputs.fill(config, stage, partitions, total);
        List<ProgramProcess> running = new ArrayList<>();
        List<Sample> samples = new ArrayList<>();
        try {
            running.addAll(start(stage, own, processes));
            long deadline = System.nanoTime() + TIMEOUT_NANOS;
            do {
                samples.add(sample(config.groupId(stage.title()), running));
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException(stage.title() + " has not done " + total + " images in time, see " + folder);
                }
                TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
            } while (samples.get(samples.size() - 1).images() < total);
        } finally {
            close(running);
        }
        String output = stage.output(config.topics());
        StageResult result = StageResult.of(
                stage.title(),
                partitions,
                processes,
                SteadyPart.of(samples, total),
                total,
                progress.bytes().getOrDefault(output, 0L),
                progress.end(output, partitions));
        delete(config);
        return result;
    }

    private Sample sample(String group, List<ProgramProcess> running) {
        long images = progress.committed(group);
        return new Sample(
                System.nanoTime(),
                images,
                running.stream().mapToDouble(ProgramProcess::cpuSeconds).sum(),
                broker.cpuSeconds(),
                store.cpuSeconds());
    }

    private void delete(StageConfig config) {
        KafkaClients.get(admin.deleteTopics(TopicPlan.of(config).topics().stream()
                        .map(TopicPlan.Planned::name)
                        .toList())
                .all());
    }

    /** All at the same time, so that none is far ahead of the others. */
    private List<ProgramProcess> start(PipelineStage stage, Map<String, String> own, int processes) throws Exception {
        Path file = folder.resolve(stage.title() + "-" + runs + ".properties");
        var properties = new Properties();
        properties.putAll(own);
        try (Writer out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
        List<CompletableFuture<ProgramProcess>> starting = new ArrayList<>();
        for (int i = 0; i < processes; i++) {
            int port = ProgramProcess.freePort();
            String log = stage.title() + "-" + runs + "-" + i;
            starting.add(CompletableFuture.supplyAsync(
                    () -> start(stage, file, log, port), task -> new Thread(task, "start").start()));
        }
        return starting.stream().map(CompletableFuture::join).toList();
    }

    private ProgramProcess start(PipelineStage stage, Path file, String log, int port) {
        try {
            return ProgramProcess.of(
                    StageProcess.class,
                    log,
                    folder,
                    DIRECT_MB,
                    port,
                    List.of(stage.name(), Integer.toString(port), file.toString()));
        } catch (IOException | InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    /** The whole pipeline with a process for each stage: one image at a time, then many at once. */
    public Whole whole(int lone, int images, Consumer<String> say) throws Exception {
        Map<String, String> own = new HashMap<>(addresses);
        own.putAll(settings);
        Map<String, ProgramProcess> processes = new LinkedHashMap<>();
        try {
            say.accept("the whole pipeline");
            processes.put("prompt-ingest", ProgramProcess.stage("prompt-ingest", folder, DIRECT_MB, "api.port=-1"));
            for (PipelineStage stage : PipelineStage.values()) {
                processes.put(stage.title(), start(stage, own, 1).get(0));
            }
            try (Pipeline pipeline = Pipeline.ofCluster(own, SETUP)) {
                pipeline.loads().saturate(images, null); // until the code is compiled
                say.accept("the whole pipeline, one image at a time");
                IdleResult idle = pipeline.loads().idle(lone);
                say.accept("the whole pipeline, " + images + " images");
                Map<String, Long> bytes = progress.bytes();
                Map<String, Double> cpu = cpuSeconds(processes);
                LoadResult load = pipeline.loads().saturate(images, null);
                Map<String, Double> after = cpuSeconds(processes);
                after.replaceAll((process, seconds) -> seconds - cpu.getOrDefault(process, 0.0));
                return new Whole(
                        WholeResult.of(images, load.imagesPerSecond(), after, Progress.growth(bytes, progress.bytes())),
                        idle);
            }
        } finally {
            close(List.copyOf(processes.values()));
        }
    }

    /**
     * The whole pipeline.
     *
     * @param load many images at once
     * @param idle one at a time
     */
    public record Whole(WholeResult load, IdleResult idle) {}

    private Map<String, Double> cpuSeconds(Map<String, ProgramProcess> stages) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        stages.forEach((name, process) -> seconds.put(name, process.cpuSeconds()));
        seconds.put("broker", broker.cpuSeconds());
        seconds.put("store", store.cpuSeconds());
        return seconds;
    }

    private static void close(List<ProgramProcess> processes) throws InterruptedException {
        for (ProgramProcess process : processes) {
            process.close();
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        admin.close();
        store.close();
        broker.close();
        Folders.delete(folder);
    }
}
