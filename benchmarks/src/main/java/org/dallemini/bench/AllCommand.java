package org.dallemini.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.dallemini.bench.common.ChildJvm;
import org.dallemini.bench.common.Json;
import org.dallemini.bench.common.MarkdownTable;
import org.dallemini.bench.common.ProgramFolder;
import org.dallemini.bench.limits.Limits;
import org.dallemini.bench.limits.LimitsMeter;
import org.dallemini.bench.models.ModelsMeter;
import org.dallemini.bench.models.ModelsTable;
import org.dallemini.bench.models.RatedResult;
import org.dallemini.bench.models.StageResult;
import org.dallemini.bench.peers.Peer;
import org.dallemini.bench.peers.PeerResult;
import org.dallemini.bench.pipeline.IdleResult;
import org.dallemini.bench.pipeline.LanesResult;
import org.dallemini.bench.pipeline.LoadResult;
import org.dallemini.bench.pipeline.PipelineResult;
import org.dallemini.dalle.cache.PrepareListener;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.random.RandomModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code all}: everything but the kernels, as one page of Markdown. */
@Command(
        name = "all",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures limits, models, peers and pipeline one after the other, and prints a page of Markdown.",
            "Makes a random model of the size of DALL·E mini, unless --model names one. Peers are left out unless benchmarks/peers/install.sh has installed them. The lines of results are kept in results.jsonl of the working folder."
        })
final class AllCommand implements Callable<Integer> {
    private static final int PIPELINE_HEAP_MB = 2048, PIPELINE_DIRECT_MB = 8192;
    private static final int STEPS = 64, VQGAN_IMAGES = 7, PEER_IMAGES = 3;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "For the random model, prepared graphs and results (default: benchmarks/target/work).")
    private @Nullable Path work;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "A model to measure (default: a random one of the size of DALL·E mini, which is made).")
    private @Nullable Path modelFolder;

    @Option(
            names = "--batches",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,4,16,32",
            description = "Images that are drawn together (default: ${DEFAULT-VALUE}).")
    private List<Integer> batches = List.of();

    @Mixin
    private ModelSweep sweep;

    @Option(
            names = "--peer-batches",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,4,16",
            description = "(default: ${DEFAULT-VALUE})")
    private List<Integer> peerBatches = List.of();

    @Option(
            names = "--peer-steps",
            paramLabel = "N",
            defaultValue = "16",
            description = "Decoder steps of a peer to time (default: ${DEFAULT-VALUE}).")
    private int peerSteps;

    @Option(names = "--no-peers", description = "Leave peers out.")
    private boolean withoutPeers;

    @Option(
            names = "--idle",
            paramLabel = "N",
            defaultValue = "5",
            description = "Images one at a time through the pipeline (default: ${DEFAULT-VALUE}).")
    private int idle;

    @Option(
            names = "--saturate",
            paramLabel = "N",
            defaultValue = "64",
            description = "Images at once (default: ${DEFAULT-VALUE}).")
    private int saturate;

    @Option(
            names = "--lanes",
            paramLabel = "N",
            defaultValue = "12",
            description = "Interactive images during bulk (default: ${DEFAULT-VALUE}).")
    private int lanes;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "16",
            description = "Images that the pipeline draws together (default: ${DEFAULT-VALUE}).")
    private int batch;

    private final List<String> lines = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Path folder = work == null ? ProgramFolder.target().resolve("work") : work.toAbsolutePath();
        Files.createDirectories(folder);
        int threads = Runtime.getRuntime().availableProcessors();
        Machine machine = Machine.current();
        ModelFolder model = model(folder);
        Path cache = folder.resolve("models");

        Benchmarks.say("limits");
        Limits limits = keep(LimitsMeter.measureApart(threads));
        List<RatedResult> ours = new ArrayList<>();
        ModelsMeter meter = new ModelsMeter(model, cache, threads, false);
        sweep.measure(meter, limits, batches, STEPS, VQGAN_IMAGES, result -> ours.add(keep(result)));
        List<PeerResult> peers = withoutPeers ? List.of() : peers(model, threads);
        List<PipelineResult> pipeline = pipeline(model, cache);
        Files.write(folder.resolve("results.jsonl"), lines);

        System.out.println(new MarkdownTable("", LocalDate.now().toString())
                .row("machine", machine.text())
                .row("system", machine.system())
                .row("Java", machine.java())
                .row("ONNX Runtime", limits.onnxRuntime())
                .row("model", model.name()));
        System.out.println(limits.table());
        System.out.println(ModelsTable.of(ours));
        for (String stage : List.of(StageResult.TOKENS, StageResult.VQGAN)) {
            MarkdownTable comparison = Comparison.of(stage, ours, peers);
            if (!comparison.isEmpty()) {
                System.out.println(comparison);
            }
        }
        pipeline.forEach(result -> System.out.println(result.table()));
        return 0;
    }

    private ModelFolder model(Path folder) throws IOException {
        if (modelFolder != null) {
            return ModelFolder.open(modelFolder);
        }
        Path mini = folder.resolve("mini");
        if (!Files.exists(mini)) {
            Benchmarks.say("writing a random model of the size of DALL·E mini");
            Path unfinished =
                    folder.resolve("mini.unfinished-" + ProcessHandle.current().pid());
            new RandomModel(true, 0, PrepareListener.NONE)
                    .write(
                            unfinished,
                            RandomModel.Like.MINI,
                            ModelFolder.open(ProgramFolder.program().resolve("models/shapes")));
            Files.move(unfinished, mini);
        }
        return ModelFolder.open(mini);
    }

    /** A peer that fails is named and left out. */
    private List<PeerResult> peers(ModelFolder model, int threads) throws InterruptedException {
        List<PeerResult> results = new ArrayList<>();
        for (Peer peer : Peer.values()) {
            if (!peer.isInstalled()) {
                Benchmarks.say(peer.title() + " is not installed, see benchmarks/peers");
                continue;
            }
            for (String stage : peer.stages()) {
                for (String precision : peer.precisions()) {
                    results.addAll(peer(peer, stage, precision, model, threads));
                }
            }
        }
        return results;
    }

    private List<PeerResult> peer(Peer peer, String stage, String precision, ModelFolder model, int threads)
            throws InterruptedException {
        String title = peer.title() + ", " + stage + ", " + precision;
        Benchmarks.say(title);
        boolean tokens = stage.equals(StageResult.TOKENS);
        List<Integer> counts = tokens ? peerBatches : List.of(1);
        try {
            List<PeerResult> results =
                    peer.measure(model.path(), stage, precision, counts, tokens ? peerSteps : PEER_IMAGES, threads);
            results.forEach(this::keep);
            return results;
        } catch (IOException e) {
            Benchmarks.say(title + ": " + e.getMessage());
            return List.of();
        }
    }

    private List<PipelineResult> pipeline(ModelFolder model, Path cache) throws IOException, InterruptedException {
        List<String> arguments = List.of(
                "pipeline",
                "--model",
                model.path().toString(),
                "--model-cache",
                cache.toString(),
                "--batch",
                Integer.toString(batch),
                "--idle",
                Integer.toString(idle),
                "--saturate",
                Integer.toString(saturate),
                "--lanes",
                "--images",
                Integer.toString(lanes),
                "--output",
                "json");
        List<PipelineResult> results = new ArrayList<>();
        for (JsonNode line : Json.objects(ChildJvm.run(PIPELINE_HEAP_MB, PIPELINE_DIRECT_MB, arguments))) {
            results.add(keep(pipelineResult(line)));
        }
        return results;
    }

    private static PipelineResult pipelineResult(JsonNode line) {
        return switch (line.path("mode").asText()) {
            case "idle" -> Json.convert(line, IdleResult.class);
            case "lanes" -> Json.convert(line, LanesResult.class);
            default -> Json.convert(line, LoadResult.class);
        };
    }

    private <T> T keep(T result) {
        lines.add(Json.line(result));
        return result;
    }
}
