package org.dallemini.dalle.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfFloatTest {
    @Test
    void shouldConvertEveryFloat16() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float actual = Float.intBitsToFloat(HalfFloat.float16((short) bits));
            assertThat(Float.floatToIntBits(actual)).as("%04x", bits).isEqualTo(Float.floatToIntBits(expected(bits)));
        }
    }

    /** The definition of IEEE 754, in double arithmetic. */
    private static float expected(int bits) {
        double sign = bits < 0x8000 ? 1 : -1;
        int exponent = bits / 1024 % 32;
        double fraction = bits % 1024 / 1024.0;
        if (exponent == 31) {
            return fraction == 0 ? (float) (sign * Double.POSITIVE_INFINITY) : Float.NaN;
        }
        return (float)
                (exponent == 0
                        ? sign * fraction * Math.pow(2, -14)
                        : sign * (1 + fraction) * Math.pow(2, exponent - 15));
    }

    @Test
    void shouldFindTheNearestFloat16() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = expected(bits);
            if (Float.isFinite(value)) {
                assertThat(HalfFloat.toFloat16(value)).isEqualTo((short) bits);
                if (expected(bits + 1 & 0xffff) > value && Float.isFinite(expected(bits + 1))) {
                    float above = expected(bits + 1);
                    assertThat(HalfFloat.toFloat16(value + (above - value) * 0.4f))
                            .isEqualTo((short) bits);
                    assertThat(HalfFloat.toFloat16(value + (above - value) * 0.6f))
                            .isEqualTo((short) (bits + 1));
                }
            }
        }
    }

    @Test
    void shouldConvertEveryBfloat16() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            assertThat(HalfFloat.bfloat16((short) bits)).isEqualTo(bits * 65536);
        }
    }
}
