package org.dallemini.training.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.footprint.EnergyModel;
import org.dallemini.footprint.UsageMeter;
import org.dallemini.training.optim.LearningRate;
import org.dallemini.training.optim.Optimizer;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Torch;
import org.jspecify.annotations.Nullable;

/** Trains until all updates are made or it is told to stop; goes on from the newest checkpoint of its folder. */
public final class TrainingRun implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Of energy, in lines of metrics: since the line before. */
    private static final String JOULES = "joules";

    /**
     * How it runs. None of it changes what comes out, but for the number of threads (the last bits) and the average.
     *
     * @param updates to be made in all
     * @param threads that work at once, a core each
     * @param logEvery updates from one line of metrics to the next
     * @param evaluateEvery updates from one evaluation to the next
     * @param sampleEvery updates from one sheet of samples to the next; 0 for none
     * @param checkpointEvery updates from one checkpoint to the next
     * @param keep newest checkpoints that stay
     * @param average how much of the moving average stays at each update; 0 for no average
     */
    public record Settings(
            int updates,
            int threads,
            int logEvery,
            int evaluateEvery,
            int sampleEvery,
            int checkpointEvery,
            int keep,
            double average) {}

    private final Task task;
    private final Optimizer optimizer;
    private final LearningRate rate;
    private final Settings settings;
    private final RunFolder folder;
    private final Workers workers;
    private final @Nullable Averages averages;
    private final Metrics metrics;
    private final Reporter reporter;
    private final EnergyModel energy;
    private UsageMeter.Work work = UsageMeter.ofThisProcess().begin();
    private volatile boolean stopping;

    /**
     * @param energy by which is estimated what training takes
     * @param err for progress and what goes wrong on the way
     */
    public TrainingRun(
            Task task,
            Optimizer optimizer,
            LearningRate rate,
            Settings settings,
            RunFolder folder,
            EnergyModel energy,
            PrintStream err) {
        this.task = task;
        this.optimizer = optimizer;
        this.rate = rate;
        this.settings = settings;
        this.folder = folder;
        this.energy = energy;
        workers = new Workers(task.parameters(), task.trained(), settings.threads);
        averages = settings.average > 0 ? new Averages(task.parameters(), task.trained(), settings.average) : null;
        metrics = new Metrics(folder);
        reporter = new Reporter(err, settings.updates, task.batchSize());
    }

    /** Has {@link #run} end after the update in progress, with a checkpoint. Any thread may call it. */
    public void stop() {
        stopping = true;
    }

    /**
     * Trains.
     *
     * @return updates that were made in all
     * @throws TrainingException if the loss is no number, or the last checkpoint cannot be written
     */
    public int run() throws IOException, InterruptedException {
        resume();
        reporter.begin(optimizer.updates());
        task.parameters().zeroGradients();
        double[] sums = new double[task.losses().size()];
        int summed = 0;
        int saved = optimizer.updates();
        while (optimizer.updates() < settings.updates && !stopping) {
            int update = optimizer.updates();
            double[] losses = update(update);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += losses[i];
            }
            summed++;
            int done = update + 1;
            if (isDue(done, settings.logEvery)) {
                log(done, sums, summed);
                Arrays.fill(sums, 0);
                summed = 0;
            }
            if (isDue(done, settings.evaluateEvery) && task.evaluationPieces() > 0) {
                evaluate(done);
            }
            if ((isDue(done, settings.checkpointEvery) || isDue(done, settings.sampleEvery)) && save(done, false)) {
                saved = done;
            }
        }
        reporter.end();
        if (optimizer.updates() > saved || folder.newest().isEmpty()) {
            save(optimizer.updates(), true);
        }
        reporter.tellEnergy(metrics.sum(JOULES) + energy.joules(work.end()), energy);
        return optimizer.updates();
    }

    private boolean isDue(int done, int every) {
        return every > 0 && (done % every == 0 || done == settings.updates);
    }

    private double[] update(int update) throws InterruptedException {
        double[] losses = workers.accumulate(
                task.pieces(), (piece, parameters, manager) -> task.learn(update, piece, parameters, manager));
        if (!Double.isFinite(losses[0])) {
            throw new TrainingException("the loss of update " + update + " is " + losses[0] + "; its samples are "
                    + task.describe(update)
                    + ". A smaller --learning-rate or a longer --warmup-steps may help; the newest"
                    + " checkpoint is as it was");
        }
        optimizer.update(rate.at(update));
        task.parameters().zeroGradients();
        try (NDManager manager = Torch.newManager()) {
            task.updated(update, manager);
        }
        if (averages != null) {
            averages.updated(optimizer.updates());
        }
        return losses;
    }

    private void log(int done, double[] sums, int summed) {
        double speed = reporter.speed(done);
        Map<String, Object> line = new LinkedHashMap<>();
        for (int i = 0; i < sums.length; i++) {
            line.put(task.losses().get(i), (float) (sums[i] / summed));
        }
        line.put("samples", (long) done * task.batchSize());
        line.put("rate", rate.at(done - 1));
        line.put("samples_per_second", Math.round(speed * 100) / 100.0);
        line.put(JOULES, Math.round(energy.joules(work.end())));
        work = UsageMeter.ofThisProcess().begin();
        note(done, line);
        reporter.tell(done, task.losses().get(0), sums[0] / summed, rate.at(done - 1), speed);
    }

    private void evaluate(int done) throws InterruptedException {
        double[] losses = workers.mean(task.evaluationPieces(), task::evaluate);
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < losses.length; i++) {
            values.put(task.losses().get(i), (float) losses[i]);
        }
        note(done, Map.of("evaluation", values));
        reporter.tellHeldOut(done, task.losses().get(0), losses[0]);
    }

    private void note(int done, Map<String, Object> values) {
        try {
            metrics.add(done, values);
        } catch (IOException e) {
            reporter.warn("no metrics of update " + done + ": " + e.getMessage() + "; training goes on");
        }
    }

    private boolean save(int done, boolean last) {
        Path checkpoint;
        try {
            checkpoint = folder.add(done, settings.keep, this::write);
        } catch (IOException e) {
            if (last) {
                throw new TrainingException("the last checkpoint could not be written: " + e.getMessage(), e);
            }
            reporter.warn("no checkpoint after update " + done + ": " + e.getMessage() + "; training goes on");
            return false;
        }
        show(done, checkpoint, last);
        return true;
    }

    private void show(int done, Path checkpoint, boolean last) {
        try {
            metrics.draw(task.losses().get(0));
            if (isDue(done, settings.sampleEvery) || last && settings.sampleEvery > 0) {
                Optional<BufferedImage> sheet = task.samples(checkpoint, values());
                if (sheet.isPresent()) {
                    ImageIO.write(sheet.get(), "png", folder.samples(done).toFile());
                }
            }
        } catch (IOException e) {
            reporter.warn("no curve or samples after update " + done + ": " + e.getMessage() + "; training goes on");
        }
    }

    private Parameters values() {
        return averages == null ? task.parameters() : averages.values();
    }

    private void write(Path checkpoint) throws IOException {
        task.write(checkpoint, values());
        SortedMap<String, NDArray> state = state();
        SortedMap<String, long[]> shapes = new TreeMap<>();
        state.forEach((name, array) -> shapes.put(name, array.getShape().getShape()));
        WeightsFile.write(
                checkpoint.resolve(RunFolder.OPTIMIZER_STATE),
                shapes,
                name -> List.of(Objects.requireNonNull(state.get(name), name)));
        RunFolder.writeWhole(
                checkpoint.resolve(RunFolder.STATE),
                JSON.writeValueAsBytes(Map.of("updates", optimizer.updates(), "threads", settings.threads)));
    }

    /** All that later updates depend on. */
    private SortedMap<String, NDArray> state() {
        SortedMap<String, NDArray> state = new TreeMap<>(optimizer.state());
        state.putAll(task.state());
        for (String name : task.trained()) { // others are as they were when training began
            state.put("parameter/" + name, task.parameters().get(name));
        }
        if (averages != null) {
            state.putAll(averages.state());
        }
        return state;
    }

    private void resume() throws IOException {
        Optional<Path> newest = folder.newest();
        if (newest.isEmpty()) {
            metrics.resume(0);
            return;
        }
        JsonNode json = JSON.readTree(newest.get().resolve(RunFolder.STATE).toFile());
        int updates = json.path("updates").asInt();
        try (FlaxCheckpoint saved = FlaxCheckpoint.openFile(newest.get().resolve(RunFolder.OPTIMIZER_STATE));
                NDManager manager = Torch.newManager()) {
            for (Map.Entry<String, NDArray> entry : state().entrySet()) {
                NDArray array = entry.getValue();
                float[] values = WeightsFile.floats(
                        saved.weight(entry.getKey(), array.getShape().getShape())
                                .read());
                Torch.copy(manager.create(values, array.getShape()), array);
            }
        }
        optimizer.resume(updates);
        metrics.resume(updates);
    }

    @Override
    public void close() {
        if (averages != null) {
            averages.close();
        }
        workers.close();
        work.end();
    }
}
