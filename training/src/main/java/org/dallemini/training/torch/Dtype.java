package org.dallemini.training.torch;

/**
 * What large products are computed in, as {@code --dtype} of the original's train.py. Parameters, their gradients,
 * norms at the end of a branch and losses are float32 with either.
 */
public enum Dtype {
    FLOAT32,
    /** Half the bytes, 8 bits of mantissa; about twice as fast where the processor multiplies it (AVX512_BF16, AMX). */
    BFLOAT16
}
