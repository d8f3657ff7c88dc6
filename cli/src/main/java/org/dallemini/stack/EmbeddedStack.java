package org.dallemini.stack;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.dallemini.dalle.DalleMini;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.EmbeddedObjectStore;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.images.ImageDecoderConfig;
import org.dallemini.images.ImageDecoderStage;
import org.dallemini.ingest.PromptIngest;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.lock.ProcessLock;
import org.dallemini.schemas.Hashes;
import org.dallemini.stack.StackSettings.Stages;
import org.dallemini.stage.ManagementServer;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.moderation.Releases;
import org.dallemini.storage.StorageSink;
import org.dallemini.storage.StorageSinkConfig;
import org.dallemini.tokens.TokenGenerator;
import org.dallemini.tokens.TokenGeneratorConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker, a schema registry, an object store and, unless told otherwise, the four stages in this JVM, on a data
 * directory that survives restarts. The stages are the very ones that run as processes of their own: they know the
 * others by address only, so more of them may join from outside with {@link StackFile}.
 */
public final class EmbeddedStack implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedStack.class);
    private static final String ACCESS_KEY = "dallemini";
    private static final Executor NEW_THREAD = task -> new Thread(task, "stack").start();

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final List<RunningStage> stages = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private @Nullable ManagementServer management;

    private EmbeddedStack() {}

    /**
     * Starts everything and returns when all stages have been started; they may still be joining their groups.
     *
     * @param progress is told what is being started
     * @throws StackInUseException if a stack runs on the directory already
     */
    public static EmbeddedStack start(StackSettings settings, Consumer<String> progress) throws Exception {
        var stack = new EmbeddedStack();
        try {
            stack.startAll(settings, progress);
            return stack;
        } catch (Exception | Error e) {
            stack.close();
            throw e;
        }
    }

    private void startAll(StackSettings wanted, Consumer<String> progress) throws Exception {
        Path data = wanted.dataDir().toAbsolutePath();
        Path lockFile = data.resolve("stack.lock");
        ProcessLock lock = ProcessLock.tryAcquire(lockFile)
                .orElseThrow(() -> new StackInUseException(data, ProcessLock.holder(lockFile)));
        parts.push(lock);
        StackFile.delete(data); // of a process that was killed

        progress.accept("Starting the broker and the object store");
        if (wanted.stages() != Stages.NONE) {
            CompletableFuture.runAsync(
                    DalleMini::loadLibraries, NEW_THREAD); // the stages load them too, and tell what is wrong
        }
        String secret = StackSecret.of(data);
        CompletableFuture<EmbeddedObjectStore> storeStarting = async(
                () -> EmbeddedObjectStore.start(data.resolve("objects"), wanted.objectStorePort(), ACCESS_KEY, secret));
        parts.push(() -> storeStarting
                .thenAccept(EmbeddedObjectStore::close)
                .exceptionally(e -> null)
                .join());
        EmbeddedKafka kafka = keep(EmbeddedKafka.start(data.resolve("kafka"), wanted.kafkaPort()));
        settings.putAll(wanted.stageSettings());
        settings.put("bootstrap.servers", kafka.bootstrapServers());
        settings.putIfAbsent(StageConfig.TOPIC_REPLICATION, "1"); // one broker can do no more, and nobody need be told
        progress.accept("Preparing topics and schemas");
        Map<String, String> ofKafka = Map.copyOf(settings);
        CompletableFuture<Void> topics = CompletableFuture.runAsync(() -> Preparation.topics(ofKafka), NEW_THREAD);
        EmbeddedSchemaRegistry registry =
                keep(EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), wanted.registryPort()));
        settings.put("schema.registry.url", registry.url());
        Preparation.schemas(settings);
        join(topics);
        EmbeddedObjectStore store = join(storeStarting);
        settings.put("s3.endpoint", store.endpoint());
        settings.put("s3.access.key", ACCESS_KEY);
        settings.put("s3.secret.key", secret);
        settings.putIfAbsent(Releases.KEY, Hashes.hex(("release " + secret).getBytes(StandardCharsets.UTF_8)));

        List<RunningStage> shown = new CopyOnWriteArrayList<>(List.of(new StartingStage("stack")));
        // Before the stages: the API must know where the image decoder will be.
        management = keep(ManagementServer.start("127.0.0.1", wanted.managementPort(), shown, metrics));
        if (wanted.stages() != Stages.NONE) {
            settings.putIfAbsent(PromptIngestConfig.PREVIEW_DECODER_URLS, managementUrl());
            progress.accept("Starting the stages");
            startStages(data, wanted);
        }
        shown.addAll(stages);
        shown.remove(0);
        StackFile.write(data, settings);
        parts.push(() -> StackFile.delete(data));
    }

    /** Side by side: each has something to wait for, a group or a model. */
    private void startStages(Path data, StackSettings wanted) throws Exception {
        settings.put("state.dir", data.resolve("state").toString());
        settings.put("instance.id", "embedded");
        settings.put("api.port", Integer.toString(wanted.apiPort()));
        var starting = List.of(
                async(() -> startIngest(new PromptIngestConfig(settings), wanted.stages())),
                async(() -> List.of(TokenGenerator.start(new TokenGeneratorConfig(settings), metrics))),
                async(() -> List.of(ImageDecoderStage.start(new ImageDecoderConfig(settings), metrics))),
                async(() -> List.<RunningStage>of(StorageSink.start(new StorageSinkConfig(settings), metrics))));
        parts.push(() -> SideBySide.close(stages));
        Exception failure = null;
        for (CompletableFuture<List<RunningStage>> started : starting) {
            try {
                stages.addAll(join(started));
            } catch (Exception e) {
                failure = e; // only after the others have started can they be closed
            }
        }
        if (failure != null) {
            throw failure;
        }
        settings.keySet().removeAll(List.of("state.dir", "instance.id")); // those are of this process alone
        settings.put("api.port", "0"); // for others of this machine: ours is taken
    }

    private List<RunningStage> startIngest(PromptIngestConfig config, Stages wanted) {
        return wanted == Stages.ALL
                ? PromptIngest.startAll(config, metrics)
                : List.of(PromptIngest.start(config, metrics));
    }

    private <T extends AutoCloseable> T keep(T part) {
        parts.push(part);
        return part;
    }

    private static <T> CompletableFuture<T> async(Callable<T> start) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return start.call();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                NEW_THREAD);
    }

    private static <T> T join(CompletableFuture<T> started) throws Exception {
        try {
            return started.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** For other stages and clients: addresses and secrets of this stack, and the settings of its stages. */
    public Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    public String managementUrl() {
        return management == null ? "" : "http://127.0.0.1:" + management.port();
    }

    /** Where the HTTP API is; empty if it is switched off. */
    public String apiUrl() {
        return stages.stream()
                .filter(ApiServer.class::isInstance)
                .map(stage -> ((ApiServer) stage).url())
                .findFirst()
                .orElse("");
    }

    /** Where the web page is; empty if the HTTP API is switched off. */
    public String pageUrl() {
        String api = apiUrl();
        return api.isEmpty() ? "" : URI.create(api).resolve("/").toString();
    }

    /** Whether no stage has failed. */
    public boolean isLive() {
        return stages.stream().allMatch(stage -> stage.health().isLive());
    }

    /** Ends the stages, which finish what they have begun as far as their drain time allows, then the servers. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                log.warn("A part of the stack did not stop cleanly", e);
            }
        }
    }
}
