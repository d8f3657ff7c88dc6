package org.dallemini.evaluation.shapes;

import java.awt.Shape;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.util.BitSet;

/** The shapes of the pictures that the shipped model was trained on: {@code poly} of its training/shapes.py. */
enum Outline {
    CIRCLE,
    SQUARE,
    TRIANGLE,
    STAR,
    HEART,
    RING,
    DIAMOND,
    CROSS;

    private static final int SAMPLES = 4;

    /**
     * The pixels of which at least half lie inside.
     *
     * @param size width and height of the picture
     * @param radius in pixels; the shape stands in the middle
     * @return a bit for each pixel, row by row
     */
    BitSet pixels(int size, double radius) {
        Shape shape = at(size / 2.0, size / 2.0, radius);
        BitSet inside = new BitSet(size * size);
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int hits = 0;
                for (int i = 0; i < SAMPLES * SAMPLES; i++) {
                    double sampleX = x + (i % SAMPLES + 0.5) / SAMPLES;
                    double sampleY = y + (i / SAMPLES + 0.5) / SAMPLES;
                    hits += shape.contains(sampleX, sampleY) ? 1 : 0;
                }
                inside.set(y * size + x, 2 * hits > SAMPLES * SAMPLES);
            }
        }
        return inside;
    }

    private Shape at(double x, double y, double r) {
        return switch (this) {
            case CIRCLE -> disc(x, y, r);
            case RING -> {
                Area ring = new Area(disc(x, y, r));
                ring.subtract(new Area(disc(x, y, 0.55 * r)));
                yield ring;
            }
            case SQUARE -> polygon(x, y, 0.86 * r, -1, -1, 1, -1, 1, 1, -1, 1);
            case TRIANGLE -> polygon(x, y, r, 0, -1, 1, 0.8, -1, 0.8);
            case DIAMOND -> polygon(x, y, r, 0, -1.1, 0.8, 0, 0, 1.1, -0.8, 0);
            case CROSS -> {
                double q = 0.33;
                yield polygon(
                        x, y, r, -q, -1, q, -1, q, -q, 1, -q, 1, q, q, q, q, 1, -q, 1, -q, q, -1, q, -1, -q, -q, -q);
            }
            case STAR -> {
                double[] corners = new double[20];
                for (int i = 0; i < 10; i++) {
                    double angle = -Math.PI / 2 + i * Math.PI / 5;
                    double length = i % 2 == 0 ? 1.1 : 0.45;
                    corners[2 * i] = length * Math.cos(angle);
                    corners[2 * i + 1] = length * Math.sin(angle);
                }
                yield polygon(x, y, r, corners);
            }
            case HEART -> {
                double[] corners = new double[120];
                for (int i = 0; i < 60; i++) {
                    double t = 2 * Math.PI * i / 60;
                    corners[2 * i] = 16 * Math.pow(Math.sin(t), 3) / 16.5;
                    corners[2 * i + 1] =
                            -(13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t)) / 16.5;
                }
                yield polygon(x, y, r, corners);
            }
        };
    }

    private static Shape disc(double x, double y, double r) {
        return new Ellipse2D.Double(x - r, y - r, 2 * r, 2 * r);
    }

    /** @param corners x and y of each, in radii from the middle */
    private static Shape polygon(double x, double y, double r, double... corners) {
        Path2D path = new Path2D.Double();
        path.moveTo(x + r * corners[0], y + r * corners[1]);
        for (int i = 2; i < corners.length; i += 2) {
            path.lineTo(x + r * corners[i], y + r * corners[i + 1]);
        }
        path.closePath();
        return path;
    }
}
