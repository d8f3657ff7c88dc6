package org.dallemini.bench.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import org.dallemini.dalle.sampling.Sampler;
import org.dallemini.dalle.sampling.SamplingParameters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** One token of a guided image from a pair of rows of the published models' vocabulary. */
public class SamplerKernel extends Kernel {
    private static final int VOCABULARY = 16384;
    private static final float GUIDANCE = 10;

    /** topK-N, topP-P, or off: neither. */
    @Param({"topK-50", "topK-256", "topP-0.9", "off"})
    private String warper = "off";

    private final Sampler sampler = new Sampler(VOCABULARY);
    private final FloatBuffer logits = ByteBuffer.allocateDirect(2 * VOCABULARY * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    private SamplingParameters parameters = new SamplingParameters(1, 0, 1, GUIDANCE);
    private long key;

    @Setup
    public void prepare() {
        var random = new SplittableRandom(7);
        for (int i = 0; i < logits.capacity(); i++) {
            logits.put(i, (float) (2 * random.nextGaussian()));
        }
        String value = warper.substring(warper.indexOf('-') + 1);
        if (warper.startsWith("topK")) {
            parameters = new SamplingParameters(1, Integer.parseInt(value), 1, GUIDANCE);
        } else if (warper.startsWith("topP")) {
            parameters = new SamplingParameters(1, 0, Float.parseFloat(value), GUIDANCE);
        }
    }

    @Benchmark
    public int draw() {
        return sampler.draw(parameters, logits, 0, VOCABULARY, key++);
    }
}
