package org.dallemini.clip;

/** A vector of length 1. */
public final class Embedding {
    private final float[] values;

    private Embedding(float... values) {
        this.values = values;
    }

    /** Of a vector of any length but 0. */
    static Embedding of(float... vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        float length = (float) Math.sqrt(squares);
        float[] values = new float[vector.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = vector[i] / length;
        }
        return new Embedding(values);
    }

    /** Cosine of the angle between two: 1 for the same direction, -1 for the opposite one. */
    public double cosine(Embedding other) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += (double) values[i] * other.values[i];
        }
        return sum;
    }

    float[] values() {
        return values.clone();
    }
}
