package org.dallemini.dalle.checkpoint;

/** The 16-bit floats of checkpoints as bits of 32-bit ones; both conversions are exact. (Java 17 has none.) */
final class HalfFloat {
    /** By the bits of a float16: a look-up is faster than arithmetic, and needs no branch for the rare forms. */
    private static final int[] FLOAT16 = new int[1 << 16];

    private static final int FRACTION_BITS = 10, MAX_EXPONENT = 31, BIAS = 15, FLOAT_BIAS = 127;

    static {
        for (int half = 0; half < FLOAT16.length; half++) {
            FLOAT16[half] = compute(half);
        }
    }

    private HalfFloat() {}

    /** IEEE 754 binary16: 1 bit sign, 5 bits exponent, 10 bits fraction. */
    static int float16(short half) {
        return FLOAT16[half & 0xffff];
    }

    /** The upper half of a 32-bit float. */
    static int bfloat16(short half) {
        return half << 16;
    }

    /** The float16 nearest to a finite float within its range. */
    static short toFloat16(float value) {
        float size = Math.abs(value);
        int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
        int exponent = Math.max(Math.getExponent(size), 1 - BIAS);
        int steps = Math.round(Math.scalb(size, FRACTION_BITS - exponent)); // of the distance between neighbours
        // a normal number's leading one adds 1 to the exponent, which a subnormal lacks
        return (short) (sign | (exponent + BIAS - 1 << FRACTION_BITS) + steps);
    }

    private static int compute(int half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >> FRACTION_BITS & MAX_EXPONENT;
        int fraction = half & (1 << FRACTION_BITS) - 1;
        if (exponent == 0) { // zero and subnormal
            return sign | Float.floatToRawIntBits(fraction * 0x1p-24f);
        }
        int wide = exponent == MAX_EXPONENT ? 255 : exponent - BIAS + FLOAT_BIAS; // 255: infinity and NaN
        return sign | wide << 23 | fraction << 23 - FRACTION_BITS;
    }
}
