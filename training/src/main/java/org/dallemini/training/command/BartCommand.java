package org.dallemini.training.command;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.config.ModelFit;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.text.TextProcessor;
import org.dallemini.training.bart.BartParameters;
import org.dallemini.training.bart.BartTask;
import org.dallemini.training.data.BlankCaptions;
import org.dallemini.training.data.DataException;
import org.dallemini.training.data.TokenNoise;
import org.dallemini.training.data.TokenSamples;
import org.dallemini.training.optim.Optimizer;
import org.dallemini.training.optim.Shampoo;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Torch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dallemini train bart}. */
@Command(
        name = "bart",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains the model that turns captions into image tokens.")
final class BartCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private ThreadsOption threads = new ThreadsOption();

    @Mixin
    private DamageOption damage = new DamageOption();

    @Mixin
    private RunOptions options = new RunOptions();

    @Option(
            names = "--data",
            required = true,
            arity = "1..*",
            paramLabel = "DIR",
            description = "Folders of image tokens that 'train encode' has written.")
    private List<Path> data;

    @ArgGroup(multiplicity = "1", exclusive = true)
    private ModelBegin begin = new ModelBegin();

    @Option(
            names = "--tokenizer",
            paramLabel = "DIR",
            description = "With --config: folder with tokenizer files, such as 'train captions' writes.")
    private @Nullable Path tokenizer;

    @Option(
            names = "--vqgan",
            paramLabel = "MODEL",
            description = "With --config: model folder whose vqgan/ made the image tokens.")
    private @Nullable Path vqgan;

    @Option(
            names = "--blank-caption-prob",
            paramLabel = "SHARE",
            defaultValue = "0.1",
            description = "Share of captions that are left out, which guidance needs (default: ${DEFAULT-VALUE}).")
    private double blank;

    @Option(
            names = "--token-noise",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Give the decoder random image tokens, up to this share of a sample's, so that a model of a"
                    + " small set heeds the text; not in the original (default: ${DEFAULT-VALUE}).")
    private double tokenNoise;

    @Option(names = "--gradient-checkpointing", description = "Compute each layer twice, for less memory.")
    private boolean checkpointing;

    @Option(
            names = "--embeddings-only",
            description = "Train the head and the decoder's embeddings and their norms alone.")
    private boolean embeddingsOnly;

    @Option(
            names = "--encoder-only",
            description = "Train the text encoder alone: what the decoder can draw stays as it is, and more words"
                    + " come to lead there.")
    private boolean encoderOnly;

    @Option(
            names = "--unstacked",
            description =
                    "Write checkpoints with each layer by itself (default: stacked, as DALL·E Mega is published).")
    private boolean unstacked;

    @Option(
            names = "--sample-prompt",
            arity = "1..*",
            paramLabel = "PROMPT",
            description = "Prompts to draw for each sheet of samples (default: captions that are held out).")
    private List<String> prompts = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (embeddingsOnly && encoderOnly) {
            throw new DataException("--embeddings-only and --encoder-only train different parts; give one of them");
        }
        TokenNoise noise = new TokenNoise(tokenNoise, options.seed());
        Torch.load(CommonOptions.libraries());
        Torch.prepareThread();
        @Nullable Path from = begin.from();
        Path configFile = from == null
                ? Objects.requireNonNull(begin.config())
                : new ModelFolder(from).bart().resolve(CheckpointFiles.CONFIG);
        byte[] configBytes = Files.readAllBytes(configFile);
        BartConfig config = BartConfig.readFile(configFile);
        tellOfDropout(configBytes);
        var source = new BartTask.Source(
                configBytes,
                from == null ? required(tokenizer, "--tokenizer") : new ModelFolder(from).bart(),
                vqgan == null && from != null ? new ModelFolder(from).vqgan() : vqganFolder());
        VqganConfig vqganConfig = VqganConfig.read(source.vqgan());
        List<String> misfits = ModelFit.problems(
                config, configFile, vqganConfig, source.vqgan().resolve(CheckpointFiles.CONFIG));
        if (!misfits.isEmpty()) {
            throw new ModelException(String.join("; ", misfits));
        }
        List<TokenSamples.Sample> samples =
                TokenSamples.read(data, config.imageLength(), vqganConfig.nEmbed(), damage.problems());
        long heldOut = samples.stream().filter(TokenSamples.Sample::heldOut).count();
        System.err.printf("%d samples to learn from, %d held out%n", samples.size() - heldOut, heldOut);
        options.folder().begin(options.deciding(spec, configBytes, Map.of()));
        try (NDManager manager = Torch.newManager()) {
            Parameters parameters = from != null
                    ? BartParameters.read(new ModelFolder(from).bart(), config, manager)
                    : BartParameters.initial(config, options.seed(), manager);
            var settings = new BartTask.Settings(
                    options.batchSize(),
                    options.pieces(threads.threads()),
                    checkpointing,
                    part(),
                    options.seed(),
                    !unstacked,
                    options.dtype());
            try (BartTask task = new BartTask(
                            config,
                            source,
                            settings,
                            parameters,
                            TextProcessor.open(source.tokenizer(), config),
                            samples,
                            new BlankCaptions(blank, options.seed()),
                            noise,
                            new SampleSheet(prompts(samples), threads.threads()));
                    Optimizer optimizer = options.optimizer(parameters, task.trained(), Shampoo.groups(!unstacked))) {
                Trainings.run(task, optimizer, options, threads.threads());
            }
        }
        return Train.OK;
    }

    private static void tellOfDropout(byte[] configBytes) throws IOException {
        JsonNode json = new ObjectMapper().readTree(configBytes);
        Map<String, Double> defaults = Map.of("dropout", 0.1, "attention_dropout", 0.0, "activation_dropout", 0.0);
        defaults.forEach((name, otherwise) -> {
            double share = json.path(name).asDouble(otherwise);
            if (share > 0) {
                System.err.println("config.json asks for " + name + " " + share
                        + (json.has(name) ? "" : " (the original's default)") + ", which is not applied");
            }
        });
    }

    private BartTask.Part part() {
        if (embeddingsOnly) {
            return BartTask.Part.EMBEDDINGS;
        }
        return encoderOnly ? BartTask.Part.ENCODER : BartTask.Part.ALL;
    }

    private Path vqganFolder() {
        return new ModelFolder(required(vqgan, "--vqgan")).vqgan();
    }

    private static Path required(@Nullable Path path, String option) {
        if (path == null) {
            throw new DataException("--config needs " + option + "; --help tells what it is");
        }
        return path;
    }

    private List<String> prompts(List<TokenSamples.Sample> samples) {
        return prompts.isEmpty()
                ? samples.stream()
                        .filter(TokenSamples.Sample::heldOut)
                        .limit(12)
                        .map(sample -> sample.captions().get(0))
                        .toList()
                : prompts;
    }
}
