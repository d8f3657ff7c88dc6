package org.dallemini.training.command;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.training.data.DataException;
import org.dallemini.training.data.DataSet;
import org.dallemini.training.data.Item;
import org.dallemini.training.data.Problems;
import org.dallemini.training.optim.Optimizer;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Torch;
import org.dallemini.training.vqgan.GrownVqgan;
import org.dallemini.training.vqgan.VqganNetwork;
import org.dallemini.training.vqgan.VqganParameters;
import org.dallemini.training.vqgan.VqganTask;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dallemini train vqgan}. */
@Command(
        name = "vqgan",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains the model that turns pictures into image tokens and back, on pictures alone.")
final class VqganCommand implements Callable<Integer> {
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

    @Mixin
    private DataOptions data = new DataOptions();

    @ArgGroup(multiplicity = "1", exclusive = true)
    private ModelBegin begin = new ModelBegin();

    @Option(
            names = "--held-out",
            paramLabel = "SHARE",
            defaultValue = "0.01",
            description = "Share of pictures to evaluate with, if the data set names none (default: ${DEFAULT-VALUE}).")
    private double heldOut;

    @Option(
            names = "--decoder-only",
            description =
                    "With --from: leave encoder and codebook as they are, so that a BART that was trained on their"
                            + " image tokens can still be used.")
    private boolean decoderOnly;

    @Option(
            names = "--grow",
            description = "With --from: make the model one for pictures twice as high and wide, with the same image"
                    + " tokens; it begins with the old one's pictures, enlarged.")
    private boolean grow;

    @Option(
            names = "--squared",
            paramLabel = "WEIGHT",
            defaultValue = "1",
            description = "Of squared differences, beside 1 for absolute ones (default: ${DEFAULT-VALUE}).")
    private double squared;

    @Option(
            names = "--edges",
            paramLabel = "WEIGHT",
            defaultValue = "1",
            description = "Of differences of slopes (default: ${DEFAULT-VALUE}).")
    private double edges;

    @Option(
            names = "--commitment",
            paramLabel = "WEIGHT",
            defaultValue = "0.25",
            description = "Of keeping the encoder near the codebook (default: ${DEFAULT-VALUE}).")
    private double commitment;

    @Option(
            names = "--lpips",
            paramLabel = "FILE",
            description = "Weights of the perceptual loss LPIPS (safetensors: torchvision's VGG16 and lin0 to lin4),"
                    + " which then has the weight 1 (default: none).")
    private @Nullable Path lpips;

    @Option(
            names = "--adversarial",
            paramLabel = "WEIGHT",
            defaultValue = "0",
            description = "Of a patch discriminator, such as 0.1; it halves the speed (default: none).")
    private double adversarial;

    @Option(
            names = "--adversarial-from",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Update from which the discriminator takes part (default: ${DEFAULT-VALUE}).")
    private int adversarialFrom;

    @Option(
            names = "--restart-every",
            paramLabel = "N",
            defaultValue = "100",
            description =
                    "Updates after which rows of the codebook that were not used begin anew; 0 for never (default: ${DEFAULT-VALUE}).")
    private int restartEvery;

    @Option(
            names = "--restart-until",
            paramLabel = "N",
            defaultValue = "0",
            description = "Last update with that (default: half of all updates).")
    private int restartUntil;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Torch.load(CommonOptions.libraries());
        Torch.prepareThread();
        @Nullable Path from = begin.from();
        if (decoderOnly && from == null) {
            throw new DataException("--decoder-only needs --from: only a trained encoder is worth keeping");
        }
        if (grow && from == null) {
            throw new DataException("--grow needs --from: only a trained model is worth growing");
        }
        Path configFile = from == null
                ? Objects.requireNonNull(begin.config())
                : new ModelFolder(from).vqgan().resolve(CheckpointFiles.CONFIG);
        VqganConfig given = VqganConfig.readFile(configFile);
        VqganConfig config = grow ? GrownVqgan.config(given) : given;
        byte[] configBytes = Files.readAllBytes(configFile);
        configBytes = grow ? GrownVqgan.configFile(configBytes, config) : configBytes;
        Problems problems = damage.problems();
        try (DataSet set = data.open(options.data(), problems);
                NDManager manager = Torch.newManager()) {
            List<List<Item>> split = Trainings.split(set.items(), heldOut);
            System.err.printf(
                    "%d pictures to learn from, %d held out%n",
                    split.get(0).size(), split.get(1).size());
            Parameters parameters = from != null
                    ? VqganParameters.read(new ModelFolder(from).vqgan(), given, manager)
                    : VqganParameters.initial(config, options.seed(), manager);
            if (grow) {
                parameters = GrownVqgan.parameters(parameters, config, options.seed(), manager);
            }
            if (lpips != null) {
                VqganTask.addLpips(parameters, lpips);
            }
            int lastRestart = restartUntil == 0 ? options.updates() / 2 : restartUntil;
            var settings = new VqganTask.Settings(
                    options.batchSize(),
                    options.pieces(threads.threads()),
                    decoderOnly ? 0 : restartEvery,
                    lastRestart,
                    adversarialFrom,
                    options.seed(),
                    new VqganNetwork.LossWeights(squared, edges, commitment, adversarial, lpips == null ? 0 : 1),
                    decoderOnly,
                    options.dtype());
            options.folder()
                    .begin(options.deciding(spec, configBytes, Map.of("--restart-until", String.valueOf(lastRestart))));
            try (VqganTask task = new VqganTask(
                            config, configBytes, settings, parameters, split.get(0), split.get(1), problems);
                    Optimizer optimizer = options.optimizer(parameters, task.trained(), UnaryOperator.identity())) {
                Trainings.run(task, optimizer, options, threads.threads());
            }
        }
        return Train.OK;
    }
}
