package org.dallemini.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dallemini.bench.common.Json;
import org.dallemini.bench.models.ModelsMeter;
import org.dallemini.bench.pipeline.EnginesAlone;
import org.dallemini.bench.pipeline.Loads;
import org.dallemini.bench.pipeline.Pipeline;
import org.dallemini.bench.pipeline.PipelineResult;
import org.dallemini.bench.pipeline.Setup;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pipeline}: from a published prompt to a stored object. */
@Command(
        name = "pipeline",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Loads the whole pipeline: publishes prompts, reads 'stored-images'. Starts the embedded stack in this process on a temporary folder, or drives a running cluster.",
            "Several of --idle, --rate, --saturate and --lanes run one after the other."
        })
final class PipelineCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private EngineOptions engine;

    @Option(
            names = "--idle",
            paramLabel = "N",
            description = "N images, one at a time: what is not spent in the models?")
    private @Nullable Integer idle;

    @Option(
            names = "--rate",
            paramLabel = "PER_SECOND",
            description = "--images prompts that come at this mean rate, whether the pipeline keeps up or not.")
    private @Nullable Double rate;

    @Option(names = "--saturate", paramLabel = "N", description = "N images at once, as a bulk job.")
    private @Nullable Integer saturate;

    @Option(
            names = "--lanes",
            description =
                    "--images interactive prompts, one every --every seconds on average, while a bulk backlog runs.")
    private boolean lanes;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "20",
            description = "For --rate and --lanes (default: ${DEFAULT-VALUE}).")
    private int images;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            defaultValue = "4",
            description = "For --lanes (default: ${DEFAULT-VALUE}).")
    private double every;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "16",
            description = "Images that a token generator draws together (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--bart-precision",
            paramLabel = "PRECISION",
            description = "fp32, int8, int4 or int8_rows (default: the stage's own choice on this processor).")
    private @Nullable Precision bartPrecision;

    @Option(
            names = "--vqgan-precision",
            paramLabel = "PRECISION",
            defaultValue = "fp32",
            description = "fp32 or int8 (default: ${DEFAULT-VALUE}).")
    private Precision vqganPrecision = Precision.FP32;

    @Option(
            names = "--token-generators",
            paramLabel = "N",
            defaultValue = "1",
            description = "All but the first are processes of their own (default: ${DEFAULT-VALUE}).")
    private int tokenGenerators;

    @Option(
            names = "--property",
            paramLabel = "NAME=VALUE",
            description = "Another setting of the stages, or of the client of a cluster; may be repeated.")
    private Map<String, String> properties = new HashMap<>();

    @Option(names = "--no-engines", description = "Do not measure the models alone, with which --saturate is compared.")
    private boolean withoutEngines;

    @Option(
            names = "--bootstrap-server",
            paramLabel = "HOST:PORT",
            description = "Drive a running cluster; then --batch and --token-generators say what it has.")
    private @Nullable String bootstrapServer;

    @Option(names = "--schema-registry-url", paramLabel = "URL", description = "Its schema registry.")
    private @Nullable String schemaRegistryUrl;

    @Option(names = "--output", defaultValue = "table", description = "table or json (default: ${DEFAULT-VALUE}).")
    private Output output = Output.TABLE;

    @Override
    public Integer call() throws Exception {
        if (idle == null && rate == null && saturate == null && !lanes) {
            throw new ParameterException(spec.commandLine(), "Give --idle, --rate, --saturate or --lanes");
        }
        if (bootstrapServer != null) {
            Map<String, String> settings = new HashMap<>(properties);
            settings.put(StageConfig.BOOTSTRAP_SERVERS, bootstrapServer);
            if (schemaRegistryUrl != null) {
                settings.put(StageConfig.SCHEMA_REGISTRY_URL, schemaRegistryUrl);
            }
            Setup setup = Setup.ofCluster(batch, tokenGenerators);
            try (Pipeline pipeline = Pipeline.ofCluster(settings, setup)) {
                run(pipeline.loads(), null);
            }
            return 0;
        }
        ModelFolder model = engine.model();
        Precision bart = bartPrecision == null ? BartModel.automaticPrecision("cpu") : bartPrecision;
        Setup setup =
                new Setup(model.name(), bart.key(), vqganPrecision.key(), batch, tokenGenerators, engine.threads());
        var meter = new ModelsMeter(model, engine.cacheFolder(), engine.threads(), engine.spinning());
        Benchmarks.say("preparing the models");
        meter.prepare(bart, true, false);
        meter.prepare(vqganPrecision, false, true);
        EnginesAlone engines = null;
        if (!withoutEngines && saturate != null) {
            Benchmarks.say("the engines alone");
            engines = EnginesAlone.of(
                    meter.tokens(bart, batch, 64).get(0).imagesPerSecond(),
                    meter.vqgan(vqganPrecision, 7).get(0).imagesPerSecond());
        }
        Benchmarks.say("starting the pipeline");
        try (Pipeline pipeline = Pipeline.embedded(model, engine.cacheFolder(), engine.sessions(), setup, properties)) {
            run(pipeline.loads(), engines);
        }
        return 0;
    }

    private void run(Loads loads, @Nullable EnginesAlone engines) throws Exception {
        loads.warmUp();
        if (idle != null) {
            Benchmarks.say("one image at a time");
            print(loads.idle(idle));
        }
        if (rate != null) {
            Benchmarks.say("prompts at a rate");
            print(loads.rate(images, rate));
        }
        if (saturate != null) {
            Benchmarks.say("all images at once");
            print(loads.saturate(saturate, engines));
        }
        if (lanes) {
            Benchmarks.say("interactive prompts during bulk");
            print(loads.lanes(images, every, steps()));
        }
    }

    private void print(PipelineResult result) {
        System.out.println(output == Output.JSON ? Json.line(result) : result.table());
    }

    /** Of an image; a cluster's model is taken to have as many as the published ones. */
    private int steps() throws Exception {
        return bootstrapServer == null ? BartConfig.read(engine.model().bart()).imageLength() : 256;
    }
}
