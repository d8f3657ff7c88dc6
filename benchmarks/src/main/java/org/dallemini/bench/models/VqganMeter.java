package org.dallemini.bench.models;

import java.io.IOException;
import java.util.SplittableRandom;
import org.dallemini.bench.common.Percentiles;
import org.dallemini.bench.common.ProcessMemory;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.SessionSettings;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.VqganDecoder;

/** Times the decoder of a VQGAN, an image at a time as in the stage. */
public final class VqganMeter {
    private VqganMeter() {}

    /**
     * Measures in this process.
     *
     * @param images to time
     */
    public static StageResult measure(
            ModelFolder folder, ModelCache cache, SessionSettings settings, Precision precision, int images)
            throws IOException {
        cache.revision(folder.vqgan()); // reads the files the first time
        long start = System.nanoTime();
        try (VqganDecoder decoder = VqganDecoder.open(folder.vqgan(), cache, new Sessions(settings), precision)) {
            double openSeconds = (System.nanoTime() - start) / 1e9;
            var random = new SplittableRandom(7);
            decode(decoder, random); // the first one allocates
            double[] seconds = new double[images];
            for (int i = 0; i < images; i++) {
                seconds[i] = decode(decoder, random);
            }
            double median = Percentiles.of(seconds).median();
            ProcessMemory memory = ProcessMemory.now();
            return new StageResult(
                    StageResult.VQGAN,
                    folder.name(),
                    precision.key(),
                    1,
                    settings.threads(),
                    settings.spinning(),
                    images,
                    null,
                    null,
                    null,
                    median,
                    1 / median,
                    openSeconds,
                    memory.residentMb(),
                    memory.peakMb());
        }
    }

    private static double decode(VqganDecoder decoder, SplittableRandom random) {
        int[] tokens = random.ints((long) decoder.rows() * decoder.columns(), 0, decoder.codes())
                .toArray();
        long start = System.nanoTime();
        decoder.decode(tokens);
        return (System.nanoTime() - start) / 1e9;
    }
}
