package org.dallemini.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;

/**
 * The inverse p-th root of a symmetric positive matrix as {@code matrix_inverse_pth_root} of the original's Distributed
 * Shampoo computes it, in float32: a ridge by the largest eigenvalue, then the coupled Newton iteration (Higham,
 * Functions of Matrices, 7.18).
 *
 * <p>The original pads all matrices of a group with ones on the diagonal to the size of the largest, which changes the
 * ridge and the first step. That part of the matrix stays a multiple of the identity, so here one number stands for it.
 *
 * @param root [n, n], of the padded matrix without its padding
 * @param error largest difference between the identity and what the iteration drives to it
 * @param largestEigenvalue of the padded matrix, by power iteration
 */
record InverseRoot(NDArray root, float error, float largestEigenvalue) {
    private static final int MAX_ROUNDS = 100;
    private static final float TOLERANCE = 1e-6f;

    /** By how much the error may grow from one round to the next. */
    private static final float MAX_GROWTH = 1.2f;

    /**
     * What the power iteration starts with: {@code numpy.random.RandomState(1729).uniform(-1, 1, n)}, which begins
     * alike for every n. As float32.
     */
    private static final float[] START = start();

    /**
     * Computes a root.
     *
     * @param a [n, n]
     * @param padded size that the original gives the matrix, at least n
     * @param epsilon of the ridge, relative to the largest eigenvalue
     * @return arrays of the manager of a
     */
    static InverseRoot of(NDArray a, int p, int padded, double epsilon) {
        NDManager manager = a.getManager();
        int n = Math.toIntExact(a.getShape().get(0));
        int padding = padded - n;
        float largest = largestEigenvalue(a, padding);
        float ridge = (float) (epsilon * Math.max(largest, 1e-6f));
        if (padded == 1) {
            return new InverseRoot(a.add(ridge).pow(-1.0 / p), 0, largest);
        }
        NDArray identity = manager.eye(n);
        NDArray damped = a.add(identity.mul(ridge));
        float dampedPadding = 1 + ridge;
        float norm = (float) Math.sqrt(sum(damped.square()) + padding * dampedPadding * dampedPadding);
        float z = (1 + p) / (2 * norm);
        NDArray x = damped.mul(z);
        float xOfPadding = dampedPadding * z;
        NDArray root = identity.mul(Math.pow(z, 1.0 / p));
        NDArray before = root;
        float error = error(x, identity, xOfPadding, padding);
        boolean good = true;
        for (int round = 0; round < MAX_ROUNDS && error > TOLERANCE && good; round++) {
            NDArray y = identity.mul(1 + 1.0f / p).sub(x.mul(1.0f / p));
            float yOfPadding = 1 + 1.0f / p - xOfPadding / p;
            x = power(y, p).matMul(x);
            xOfPadding *= (float) Math.pow(yOfPadding, p);
            before = root;
            root = root.matMul(y);
            float newError = error(x, identity, xOfPadding, padding);
            good = newError < error * MAX_GROWTH;
            error = newError;
        }
        return new InverseRoot(good ? root : before, error, largest);
    }

    /** Ends when the estimate changes by no more than the tolerance; for small values that is at once. */
    private static float largestEigenvalue(NDArray a, int padding) {
        int n = Math.toIntExact(a.getShape().get(0));
        NDArray v = a.getManager().create(Arrays.copyOf(start(n + padding), n), new Shape(n, 1));
        float rest = 0; // squared length of the part of v in the padding, where the matrix is the identity
        for (int i = n; i < n + padding; i++) {
            rest += START[i] * START[i];
        }
        float estimate = 0;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            float squared = sum(v.square()) + rest;
            v = v.div(Math.sqrt(squared));
            rest /= squared;
            NDArray product = a.matMul(v);
            float next = sum(v.mul(product)) + rest;
            boolean settled = Math.abs(next - estimate) <= TOLERANCE;
            estimate = next;
            if (settled) {
                break;
            }
            v = product;
        }
        return estimate;
    }

    private static float error(NDArray x, NDArray identity, float xOfPadding, int padding) {
        float error = x.sub(identity).abs().max().getFloat();
        return padding == 0 ? error : Math.max(error, Math.abs(xOfPadding - 1));
    }

    private static NDArray power(NDArray y, int p) {
        if (p == 1) {
            return y;
        }
        NDArray half = power(y, p / 2);
        NDArray even = half.matMul(half);
        return p % 2 == 0 ? even : even.matMul(y);
    }

    private static float sum(NDArray x) {
        return x.sum().getFloat();
    }

    private static float[] start(int size) {
        if (size > START.length) {
            throw new IllegalArgumentException(
                    "blocks of " + size + " are too large; the block size may be at most " + START.length);
        }
        return START;
    }

    private static float[] start() {
        try (InputStream file =
                        Objects.requireNonNull(InverseRoot.class.getResourceAsStream("randomstate-1729-uniform.f32"));
                DataInputStream in = new DataInputStream(file)) {
            float[] values = new float[in.available() / Float.BYTES];
            for (int i = 0; i < values.length; i++) {
                values[i] = in.readFloat();
            }
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
