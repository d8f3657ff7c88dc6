package org.dallemini.training.command;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.training.bart.BartNetwork;
import org.dallemini.training.bart.BartParameters;
import org.dallemini.training.bart.BartWork;
import org.dallemini.training.optim.AdamW;
import org.dallemini.training.optim.Optimizer;
import org.dallemini.training.optim.Shampoo;
import org.dallemini.training.run.MatrixRate;
import org.dallemini.training.run.Workers;
import org.dallemini.training.torch.Dtype;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dallemini train speed}. */
@Command(
        name = "speed",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures how fast this machine would train a BART, on made-up samples, beside its rate of matrix"
                + " products.")
final class SpeedCommand implements Callable<Integer> {
    private static final int TEXT_TOKENS = 16;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private ThreadsOption threads = new ThreadsOption();

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "config.json of a BART.")
    private Path config;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "16",
            description = "Samples of an update (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(
            names = "--updates",
            paramLabel = "N",
            defaultValue = "10",
            description = "Updates to time, each; the best counts (default: ${DEFAULT-VALUE}).")
    private int updates;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "float32",
            description = "float32 or bfloat16 (default: ${DEFAULT-VALUE}).")
    private Dtype dtype;

    @Option(
            names = "--optim",
            paramLabel = "NAME",
            description = "adam or distributed_shampoo (default: adam); the latter with roots in every tenth update.")
    private RunOptions.Optim optim = RunOptions.Optim.ADAM;

    @Option(names = "--gradient-checkpointing", description = "Compute each layer twice, for less memory.")
    private boolean checkpointing;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Torch.load(CommonOptions.libraries());
        Torch.prepareThread();
        BartConfig bart = BartConfig.readFile(config);
        double rate = MatrixRate.measure(threads.threads(), dtype);
        double samples = batchSize / secondsOfUpdate(bart);
        double operations = samples * BartWork.operations(bart, TEXT_TOKENS);
        System.out.printf(
                Locale.ROOT,
                "threads               %d%nbatch                 %d%nsamples/s             %.2f%n"
                        + "matrix products       %.1f GFLOP/s%nreached               %.1f GFLOP/s (%.0f %%)%n"
                        + "memory at most        %s%n",
                threads.threads(),
                batchSize,
                samples,
                rate / 1e9,
                operations / 1e9,
                100 * operations / rate,
                memory());
        return Train.OK;
    }

    /** The shortest of some. */
    private double secondsOfUpdate(BartConfig bart) throws InterruptedException {
        try (NDManager manager = Torch.newManager()) {
            Parameters parameters = BartParameters.initial(bart, 1, manager);
            List<String> names = List.copyOf(parameters.names());
            BartNetwork network = new BartNetwork(bart, dtype, manager);
            try (Workers workers = new Workers(parameters, names, threads.threads());
                    Optimizer optimizer = optim == RunOptions.Optim.ADAM
                            ? new AdamW(AdamW.Settings.DEFAULTS, parameters, names)
                            : new Shampoo(Shampoo.Settings.DEFAULTS, parameters, names, Shampoo.groups(true))) {
                int size = batchSize / threads.threads();
                double best = Double.MAX_VALUE;
                for (int i = 0; i <= updates; i++) {
                    long began = System.nanoTime();
                    workers.accumulate(threads.threads(), (piece, own, step) ->
                            new double[] {network.backward(own, madeUp(bart, size, step), checkpointing)});
                    optimizer.update(1e-4);
                    parameters.zeroGradients();
                    best = Math.min(best, (System.nanoTime() - began) / 1e9);
                }
                return best;
            }
        }
    }

    private static BartNetwork.Batch madeUp(BartConfig bart, int size, NDManager manager) {
        Shape text = new Shape(size, TEXT_TOKENS);
        Shape image = new Shape(size, bart.imageLength());
        NDArray tokens = manager.ones(image, DataType.INT64);
        return new BartNetwork.Batch(
                manager.ones(text, DataType.INT64),
                manager.ones(new Shape(size, 1, 1, TEXT_TOKENS), DataType.BOOLEAN),
                tokens,
                tokens);
    }

    /** As the kernel counts it, where it does. */
    private static String memory() throws IOException {
        Path status = Path.of("/proc/self/status");
        return !Files.isReadable(status)
                ? "unknown"
                : Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmHWM:"))
                        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1000 + " MB")
                        .findFirst()
                        .orElse("unknown");
    }
}
