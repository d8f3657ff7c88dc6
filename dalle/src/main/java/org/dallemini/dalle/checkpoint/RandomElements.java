package org.dallemini.dalle.checkpoint;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * Random elements such as a trained model might have: kernels small enough that values keep their size from layer to
 * layer, scales of norms around 1. Evenly spread, in 4096 steps: encoding each step once makes writing as fast as the
 * disk. The same seed gives the same elements.
 */
public final class RandomElements implements FlaxWriter.Elements {
    private static final int STEP_BITS = 12, STEPS = 1 << STEP_BITS;
    private static final float EMBEDDING = 0.5f, BIAS = 0.05f, SCALE = 0.1f;

    private final boolean half;
    private final SplittableRandom random;
    private final LongConsumer progress;
    private final int[] encoded = new int[STEPS];
    private long pool;
    private int pooled;
    private long written;

    /**
     * @param half float16, else float32
     * @param progress told how many bytes are done
     */
    public RandomElements(boolean half, long seed, LongConsumer progress) {
        this.half = half;
        this.random = new SplittableRandom(seed);
        this.progress = progress;
    }

    @Override
    public String dtype() {
        return half ? "float16" : "float32";
    }

    @Override
    public int width() {
        return half ? 2 : 4;
    }

    @Override
    public void begin(String parameter, long[] shape) {
        float centre = parameter.endsWith("/scale") ? 1 : 0;
        float spread = spread(parameter, shape);
        for (int i = 0; i < STEPS; i++) {
            float value = centre + spread * (2f * i / STEPS - 1);
            encoded[i] = half ? HalfFloat.toFloat16(value) : Float.floatToRawIntBits(value);
        }
    }

    private static float spread(String parameter, long[] shape) {
        return switch (parameter.substring(parameter.lastIndexOf('/') + 1)) {
            case "kernel" -> {
                boolean convolution = shape.length == 4;
                long inputs = shape[shape.length - 2] * (convolution ? shape[0] * shape[1] : 1);
                yield (float) Math.sqrt(3.0 / inputs); // of variance 1 / inputs
            }
            case "embedding" -> EMBEDDING;
            case "scale" -> SCALE;
            default -> BIAS;
        };
    }

    @Override
    public void fill(ByteBuffer block) {
        if (half) {
            while (block.hasRemaining()) {
                block.putShort((short) encoded[next()]);
            }
        } else {
            while (block.hasRemaining()) {
                block.putInt(encoded[next()]);
            }
        }
        written += block.limit();
        progress.accept(written);
    }

    /** Five draws from each random long. */
    private int next() {
        if (pooled < STEP_BITS) {
            pool = random.nextLong();
            pooled = Long.SIZE;
        }
        int draw = (int) pool & STEPS - 1;
        pool >>>= STEP_BITS;
        pooled -= STEP_BITS;
        return draw;
    }
}
