package org.dallemini.renditions;

/**
 * One colour of an image.
 *
 * @param values 0 to 255, row by row
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Plane(int width, int height, float[] values) {
    Plane(int width, int height) {
        this(width, height, new float[width * height]);
    }

    /** The value at a place, or at the nearest place of the edge. */
    float at(int x, int y) {
        return values[Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1)];
    }

    Plane transposed() {
        Plane result = new Plane(height, width);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                result.values[x * height + y] = values[y * width + x];
            }
        }
        return result;
    }
}
