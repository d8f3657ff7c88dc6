package org.dallemini.bench.models;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.dallemini.bench.common.Percentiles;
import org.dallemini.bench.common.ProcessMemory;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.drawing.ContinuousBatch;
import org.dallemini.dalle.drawing.Drawing;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.sampling.SamplingParameters;
import org.dallemini.dalle.session.SessionSettings;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.text.TextProcessor;

/**
 * Times the steps of a full batch as it is in a busy stage: the images are evenly spread over the steps that an image
 * takes, so that the positions of any step, and their attention, are those of every other; whichever ends is followed
 * by the next. Guidance is on: two rows of the decoder for each image.
 */
public final class TokenStageMeter {
    /** Of a prompt, its start and end included. */
    public static final int TEXT_TOKENS = 16;

    private static final SamplingParameters SAMPLING = new SamplingParameters(1, 50, 1, 10);
    private static final int WARM_UP_STEPS = 24;

    private final ContinuousBatch batch;
    private final SamplePrompts prompts;
    private final int images;
    private final int length;
    private final List<Drawing> drawings = new ArrayList<>();
    private final List<Double> texts = new ArrayList<>();
    private long seed;

    private TokenStageMeter(ContinuousBatch batch, SamplePrompts prompts, int images, int length) {
        this.batch = batch;
        this.prompts = prompts;
        this.images = images;
        this.length = length;
    }

    /**
     * Measures in this process.
     *
     * @param images that are drawn together
     * @param steps to time at least; as many as bring the batch round to where it began are timed anyway
     */
    public static StageResult measure(
            ModelFolder folder, ModelCache cache, SessionSettings settings, Precision precision, int images, int steps)
            throws IOException {
        cache.revision(folder.bart()); // reads the files the first time
        long start = System.nanoTime();
        try (BartModel model = BartModel.open(folder.bart(), cache, new Sessions(settings), precision);
                TextProcessor processor = TextProcessor.open(folder.bart(), model.config());
                ContinuousBatch batch = ContinuousBatch.of(model, processor, images)) {
            double openSeconds = (System.nanoTime() - start) / 1e9;
            int length = model.config().imageLength();
            var meter = new TokenStageMeter(batch, new SamplePrompts(processor, TEXT_TOKENS), images, length);
            meter.warmUp();
            meter.fill();
            Percentiles times = Percentiles.of(meter.steps(timed(steps, images, length)));
            double text = Percentiles.of(
                            meter.texts.stream().mapToDouble(t -> t).toArray())
                    .median();
            double seconds = (length * times.median() / images + text) / 1000;
            ProcessMemory memory = ProcessMemory.now();
            return new StageResult(
                    StageResult.TOKENS,
                    folder.name(),
                    precision.key(),
                    images,
                    settings.threads(),
                    settings.spinning(),
                    times.count(),
                    times.median(),
                    times.at(95),
                    text,
                    seconds,
                    1 / seconds,
                    openSeconds,
                    memory.residentMb(),
                    memory.peakMb());
        }
    }

    /** The steps to time: whole rounds, at least as many as asked for. */
    static int timed(int steps, int images, int length) {
        int round = (length + images - 1) / images;
        return (Math.max(1, steps) + round - 1) / round * round;
    }

    private void warmUp() {
        for (int i = 0; i < images; i++) {
            start();
        }
        for (int i = 0; i < Math.min(WARM_UP_STEPS, length - 1); i++) {
            batch.step();
        }
        drawings.forEach(batch::cancel);
        drawings.clear();
        texts.clear();
    }

    /** Starts the images one after the other, evenly spread. */
    private void fill() {
        int step = 0;
        for (int i = 0; i < images; i++) {
            for (; step < (long) i * length / images; step++) {
                batch.step();
            }
            start();
        }
    }

    private double[] steps(int count) {
        double[] millis = new double[count];
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            batch.step();
            millis[i] = (System.nanoTime() - start) / 1e6;
            replaceEnded();
        }
        return millis;
    }

    private void replaceEnded() {
        for (Drawing drawing : List.copyOf(drawings)) {
            if (drawing.isEnded()) {
                Throwable failure = drawing.failure();
                if (failure != null) {
                    throw new IllegalStateException("the model fails on a prompt of the measurement", failure);
                }
                drawings.remove(drawing);
                start();
            }
        }
    }

    private void start() {
        String text = prompts.next();
        long start = System.nanoTime();
        drawings.add(batch.start(new TokenRequest(text, null, seed++, SAMPLING)));
        texts.add((System.nanoTime() - start) / 1e6);
    }
}
