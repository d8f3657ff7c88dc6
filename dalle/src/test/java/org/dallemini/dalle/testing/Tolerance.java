package org.dallemini.dalle.testing;

import java.util.Arrays;

/** Compares arrays of numbers and says where they differ most. */
public final class Tolerance {
    private Tolerance() {}

    /** Fails unless every element is within the tolerance; NaN is never within it. */
    public static void assertClose(String what, float[] actual, float[] expected, float tolerance) {
        assertClose(what, actual, expected, new int[] {expected.length}, tolerance);
    }

    /** The same for an array, whose shape lets the message name the place. */
    public static void assertClose(String what, float[] actual, Npy expected, float tolerance) {
        assertClose(what, actual, expected.floats(), expected.shape(), tolerance);
    }

    private static void assertClose(String what, float[] actual, float[] expected, int[] shape, float tolerance) {
        if (actual.length != expected.length) {
            throw new AssertionError(what + ": " + actual.length + " elements, not " + expected.length);
        }
        float worst = 0;
        int at = -1;
        for (int i = 0; i < actual.length; i++) {
            float difference = actual[i] == expected[i] ? 0 : Math.abs(actual[i] - expected[i]);
            if (!(difference <= worst)) { // so that NaN counts
                worst = Float.isNaN(difference) ? Float.POSITIVE_INFINITY : difference;
                at = i;
            }
        }
        if (worst > tolerance) {
            throw new AssertionError(what + ": differs by " + worst + " at " + Arrays.toString(place(at, shape)) + " ("
                    + actual[at] + ", not " + expected[at] + "); " + tolerance + " is allowed");
        }
    }

    /** Largest absolute difference, for reports; NaN if any element is. */
    public static float maxDifference(float[] actual, float[] expected) {
        float worst = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
        }
        return worst;
    }

    private static int[] place(int index, int[] shape) {
        int[] place = new int[shape.length];
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            place[axis] = index % shape[axis];
            index /= shape[axis];
        }
        return place;
    }
}
