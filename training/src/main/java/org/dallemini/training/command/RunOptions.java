package org.dallemini.training.command;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.dallemini.footprint.CarbonIntensity;
import org.dallemini.footprint.EnergyModel;
import org.dallemini.training.optim.AdamW;
import org.dallemini.training.optim.Graft;
import org.dallemini.training.optim.LearningRate;
import org.dallemini.training.optim.Optimizer;
import org.dallemini.training.optim.Shampoo;
import org.dallemini.training.run.RunFolder;
import org.dallemini.training.run.TrainingException;
import org.dallemini.training.run.TrainingRun;
import org.dallemini.training.torch.Dtype;
import org.dallemini.training.torch.Parameters;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** Options of a training, by the names of the original's train.py where it has them. */
final class RunOptions {
    /** Optimizers of train.py that are here. */
    enum Optim {
        ADAM,
        DISTRIBUTED_SHAMPOO
    }

    /** Options that change nothing in the model; {@code --updates} may grow, {@code --threads} change the last bits. */
    private static final Set<String> NEUTRAL = Set.of(
            "--help",
            "--version",
            "--verbose",
            "--run",
            "--updates",
            "--threads",
            "--log-every",
            "--evaluate-every",
            "--sample-every",
            "--sample-prompt",
            "--checkpoint-every",
            "--keep",
            "--gradient-checkpointing",
            "--carbon-intensity",
            "--watts-per-thread");

    @Option(
            names = "--run",
            required = true,
            paramLabel = "DIR",
            description = "Folder of this training: checkpoints, losses, samples. If it has a checkpoint, training goes"
                    + " on from there.")
    private Path run;

    @Option(
            names = "--updates",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Updates in all (default: ${DEFAULT-VALUE}).")
    private int updates;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "16",
            description = "Samples of an update (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(
            names = "--gradient-accumulation-steps",
            paramLabel = "N",
            defaultValue = "1",
            description = "Parts that each thread takes one after the other of its share of a batch, for less memory"
                    + " (default: ${DEFAULT-VALUE}).")
    private int accumulation;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Of initial weights and of order (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "float32",
            description = "What large products are computed in: float32, or bfloat16, which is faster where the"
                    + " processor has instructions for it (default: ${DEFAULT-VALUE}).")
    private Dtype dtype;

    @Option(names = "--optim", paramLabel = "NAME", description = "adam or distributed_shampoo (default: adam).")
    private Optim optim = Optim.ADAM;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            defaultValue = "5e-4",
            description = "Highest learning rate (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(
            names = "--warmup-steps",
            paramLabel = "N",
            defaultValue = "100",
            description = "Updates of warm-up (default: ${DEFAULT-VALUE}).")
    private int warmup;

    @Option(
            names = "--lr-offset",
            paramLabel = "N",
            defaultValue = "0",
            description = "Updates before warm-up, at rate 0 (default: ${DEFAULT-VALUE}).")
    private int offset;

    @Option(
            names = "--lr-decay",
            paramLabel = "KIND",
            defaultValue = "constant",
            description = "constant, linear (to 0 at the end) or exponential (default: ${DEFAULT-VALUE}).")
    private LearningRate.Decay decay;

    @Option(
            names = "--lr-decay-rate",
            paramLabel = "FACTOR",
            defaultValue = "1",
            description = "Of exponential decay, every --lr-transition-steps.")
    private double decayRate;

    @Option(
            names = "--lr-transition-steps",
            paramLabel = "N",
            defaultValue = "1",
            description = "Updates of one factor of exponential decay.")
    private int transition;

    @Option(names = "--lr-staircase", description = "Exponential decay in steps.")
    private boolean staircase;

    @Option(names = "--beta1", defaultValue = "0.9", description = "Of both optimizers (default: ${DEFAULT-VALUE}).")
    private double beta1;

    @Option(names = "--beta2", defaultValue = "0.999", description = "Of both optimizers (default: ${DEFAULT-VALUE}).")
    private double beta2;

    @Option(names = "--adam-epsilon", defaultValue = "1e-8", description = "Of adam (default: ${DEFAULT-VALUE}).")
    private double epsilon;

    @Option(
            names = "--weight-decay",
            defaultValue = "0",
            description = "Of both optimizers (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(
            names = "--block-size",
            defaultValue = "1024",
            description = "Of distributed_shampoo: largest block (default: ${DEFAULT-VALUE}).")
    private int blockSize;

    @Option(
            names = "--preconditioning-compute-steps",
            defaultValue = "10",
            description =
                    "Of distributed_shampoo: updates from one computation of roots to the next (default: ${DEFAULT-VALUE}).")
    private int computeSteps;

    @Option(
            names = "--skip-preconditioning-dim-size-gt",
            defaultValue = "4096",
            description =
                    "Of distributed_shampoo: larger dimensions are not preconditioned (default: ${DEFAULT-VALUE}).")
    private int skipAbove;

    @Option(
            names = "--graft-type",
            defaultValue = "rmsprop_normalized",
            description = "Of distributed_shampoo (default: ${DEFAULT-VALUE}).")
    private Graft graft;

    @Option(names = "--nesterov", description = "Of distributed_shampoo.")
    private boolean nesterov;

    @Option(
            names = "--average",
            paramLabel = "DECAY",
            defaultValue = "0",
            description = "Write the moving average of the weights, of which so much stays at each update, such as"
                    + " 0.999 (default: the weights themselves).")
    private double average;

    @Option(
            names = "--log-every",
            paramLabel = "N",
            defaultValue = "50",
            description = "Updates from one line of losses to the next (default: ${DEFAULT-VALUE}).")
    private int logEvery;

    @Option(
            names = "--evaluate-every",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Updates from one evaluation to the next (default: ${DEFAULT-VALUE}).")
    private int evaluateEvery;

    @Option(
            names = "--sample-every",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Updates from one sheet of samples to the next; 0 for none (default: ${DEFAULT-VALUE}).")
    private int sampleEvery;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "N",
            defaultValue = "500",
            description = "Updates from one checkpoint to the next (default: ${DEFAULT-VALUE}).")
    private int checkpointEvery;

    @Option(
            names = "--keep",
            paramLabel = "N",
            defaultValue = "2",
            description = "Newest checkpoints that stay (default: ${DEFAULT-VALUE}).")
    private int keep;

    @Option(
            names = "--carbon-intensity",
            paramLabel = "PLACE",
            defaultValue = "world",
            description =
                    "Of the electricity, for the estimate of what training takes: world, a country's three letters,"
                            + " or grams of CO2-equivalents per kWh (default: ${DEFAULT-VALUE}).")
    private String carbonIntensity;

    @Option(
            names = "--watts-per-thread",
            paramLabel = "WATTS",
            defaultValue = "0",
            description = "Power of a busy hardware thread, for the same; 0: as the machine says (default:"
                    + " ${DEFAULT-VALUE}).")
    private double wattsPerThread;

    RunFolder folder() {
        return new RunFolder(run);
    }

    /** Where copies of buckets go. */
    Path data() {
        return run.resolve("data");
    }

    long seed() {
        return seed;
    }

    Dtype dtype() {
        return dtype;
    }

    int batchSize() {
        return batchSize;
    }

    int updates() {
        return updates;
    }

    /**
     * Pieces of a batch.
     *
     * @throws TrainingException if they do not divide it
     */
    int pieces(int threads) {
        int pieces = threads * accumulation;
        if (batchSize % pieces != 0) {
            throw new TrainingException("--batch-size " + batchSize + " cannot be shared by "
                    + threads + " threads in " + accumulation + " parts each; choose a multiple of " + pieces
                    + ", or other --threads");
        }
        return pieces;
    }

    /** @throws TrainingException if an option says nothing that is known */
    EnergyModel energy() {
        if (!(wattsPerThread >= 0 && Double.isFinite(wattsPerThread))) {
            throw new TrainingException("--watts-per-thread must be a number from 0 on");
        }
        try {
            return EnergyModel.ofThisMachine(wattsPerThread, 1, CarbonIntensity.of(carbonIntensity));
        } catch (IllegalArgumentException e) {
            throw new TrainingException("--carbon-intensity: " + e.getMessage(), e);
        }
    }

    LearningRate rate() {
        return new LearningRate(learningRate, offset, warmup, decay, updates, decayRate, transition, staircase);
    }

    /** @param group of a parameter, for the padding of Distributed Shampoo */
    Optimizer optimizer(Parameters parameters, List<String> names, UnaryOperator<String> group) {
        if (optim == Optim.ADAM) {
            return new AdamW(new AdamW.Settings(beta1, beta2, epsilon, weightDecay), parameters, names);
        }
        int start = Math.max(computeSteps + 1, Shampoo.Settings.DEFAULTS.startPreconditioningStep());
        var settings = new Shampoo.Settings(
                blockSize,
                beta1,
                beta2,
                Shampoo.Settings.DEFAULTS.diagonalEpsilon(),
                Shampoo.Settings.DEFAULTS.matrixEpsilon(),
                weightDecay,
                start,
                computeSteps,
                graft,
                nesterov,
                skipAbove);
        return new Shampoo(settings, parameters, names, group);
    }

    TrainingRun.Settings settings(int threads) {
        return new TrainingRun.Settings(
                updates, threads, logEvery, evaluateEvery, sampleEvery, checkpointEvery, keep, average);
    }

    /**
     * What decides which model comes out, by the names of the options: all but those that say where and how often. A
     * run goes on with the same.
     *
     * @param config content of config.json
     * @param given for options whose default depends on others
     */
    Map<String, String> deciding(CommandSpec command, byte[] config, Map<String, String> given) {
        Map<String, String> values = new TreeMap<>();
        for (OptionSpec option : command.options()) {
            if (!NEUTRAL.contains(option.longestName())) {
                values.put(option.longestName(), String.valueOf(option.<Object>getValue()));
            }
        }
        values.put("model", command.name());
        values.put("config", new String(config, StandardCharsets.UTF_8).replaceAll("\\s", ""));
        if (decay == LearningRate.Decay.LINEAR) {
            values.put("--updates", String.valueOf(updates));
        }
        values.putAll(given);
        return values;
    }
}
