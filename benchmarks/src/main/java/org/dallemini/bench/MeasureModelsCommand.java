package org.dallemini.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.dallemini.bench.common.Json;
import org.dallemini.bench.limits.Limits;
import org.dallemini.bench.limits.LimitsMeter;
import org.dallemini.bench.models.ModelsMeter;
import org.dallemini.bench.models.ModelsTable;
import org.dallemini.bench.models.RatedResult;
import org.dallemini.bench.models.TokenStageMeter;
import org.dallemini.bench.models.VqganMeter;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.VqganDecoder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code models}: each stage's model alone, by precision and batch. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = {
            "Measures the model of each stage alone, by precision and batch, each in a process of its own:",
            "ms a step and images/s of the token stage with guidance and prompts of 16 tokens; s an image of the VQGAN decoder; memory of the process; and how much of the machine's limits they reach."
        })
final class MeasureModelsCommand implements Callable<Integer> {
    private enum Stage {
        TOKENS,
        VQGAN
    }

    @Mixin
    private EngineOptions engine;

    @Option(
            names = "--stage",
            split = ",",
            paramLabel = "STAGE",
            defaultValue = "tokens,vqgan",
            description = "tokens, vqgan or both (default: ${DEFAULT-VALUE}).")
    private List<Stage> stages = List.of();

    @Mixin
    private ModelSweep sweep;

    @Option(
            names = "--batches",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,2,4,8,16,32",
            description = "Images that are drawn together (default: ${DEFAULT-VALUE}).")
    private List<Integer> batches = List.of();

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "64",
            description = "Steps to time at least (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "7",
            description = "Images to time in the VQGAN (default: ${DEFAULT-VALUE}).")
    private int images;

    @Option(
            names = "--limits",
            paramLabel = "FILE",
            description = "What 'limits --output json' printed, instead of measuring it again.")
    private @Nullable Path limitsFile;

    @Option(names = "--output", defaultValue = "table", description = "table or json (default: ${DEFAULT-VALUE}).")
    private Output output = Output.TABLE;

    @Override
    public Integer call() throws Exception {
        var meter = new ModelsMeter(engine.model(), engine.cacheFolder(), engine.threads(), engine.spinning());
        Limits limits;
        if (limitsFile == null) {
            Benchmarks.say("limits");
            limits = LimitsMeter.measureApart(engine.threads());
        } else {
            limits = Json.read(Files.readString(limitsFile), Limits.class);
        }
        List<RatedResult> results = new ArrayList<>();
        sweep.measure(
                meter,
                limits,
                stages.contains(Stage.TOKENS) ? batches : List.of(),
                steps,
                stages.contains(Stage.VQGAN) ? images : 0,
                result -> {
                    results.add(result);
                    if (output == Output.JSON) {
                        System.out.println(Json.line(result));
                    }
                });
        if (output == Output.TABLE) {
            System.out.print(ModelsTable.of(results));
        }
        return 0;
    }

    /** The token stage within its own process. */
    @Command(name = ModelsMeter.TOKENS_COMMAND, hidden = true)
    static final class MeasureTokens implements Callable<Integer> {
        @Mixin
        private EngineOptions engine;

        @Option(names = "--precision", required = true)
        private Precision precision = Precision.FP32;

        @Option(names = "--batch", required = true)
        private int batch;

        @Option(names = "--steps", required = true)
        private int steps;

        @Override
        public Integer call() throws Exception {
            if (steps == 0) {
                BartModel.open(engine.model().bart(), engine.cache(), new Sessions(engine.sessions()), precision)
                        .close();
                return 0;
            }
            System.out.println(Json.line(TokenStageMeter.measure(
                    engine.model(), engine.cache(), engine.sessions(), precision, batch, steps)));
            return 0;
        }
    }

    /** The VQGAN within its own process. */
    @Command(name = ModelsMeter.VQGAN_COMMAND, hidden = true)
    static final class MeasureVqgan implements Callable<Integer> {
        @Mixin
        private EngineOptions engine;

        @Option(names = "--precision", required = true)
        private Precision precision = Precision.FP32;

        @Option(names = "--images", required = true)
        private int images;

        @Override
        public Integer call() throws Exception {
            if (images == 0) {
                VqganDecoder.open(engine.model().vqgan(), engine.cache(), new Sessions(engine.sessions()), precision)
                        .close();
                return 0;
            }
            System.out.println(Json.line(
                    VqganMeter.measure(engine.model(), engine.cache(), engine.sessions(), precision, images)));
            return 0;
        }
    }
}
