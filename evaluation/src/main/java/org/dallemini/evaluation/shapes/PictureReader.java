package org.dallemini.evaluation.shapes;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.dallemini.dalle.vqgan.RgbImage;
import org.jspecify.annotations.Nullable;

/**
 * Says what a picture of the shipped model shows, after {@code analyse} of its training/evaluate.py: the background is
 * what lies along the edge, the thing is the largest region of another colour, its shape the one whose outline of any
 * size covers it best.
 */
public final class PictureReader {
    private static final int EDGE = 2, MIN_PIXELS = 25, MIN_CORE_PIXELS = 8;
    private static final double FAR = 55;
    private static final int FIRST_RADIUS = 6, LAST_RADIUS = 28;

    private record Template(Outline shape, BitSet pixels, double[] middle) {}

    /**
     * @param background colour along the edge
     * @param colour of the largest thing; null if there is none
     * @param shape of it
     */
    record Reading(
            Colour background,
            @Nullable Colour colour,
            @Nullable Outline shape) {}

    private final int size;
    private final Regions regions;
    private final List<Template> templates = new ArrayList<>();

    /** @param size width and height of the pictures */
    public PictureReader(int size) {
        this.size = size;
        this.regions = new Regions(size);
        for (Outline shape : Outline.values()) {
            for (int radius = FIRST_RADIUS; radius <= LAST_RADIUS; radius++) {
                BitSet pixels = shape.pixels(size, radius);
                templates.add(new Template(shape, pixels, regions.middle(pixels)));
            }
        }
    }

    /** Whether a picture shows what its caption says. */
    public boolean shows(RgbImage image, Caption caption) {
        return read(image).equals(new Reading(caption.background(), caption.colour(), caption.shape()));
    }

    Reading read(RgbImage image) {
        if (image.width() != size || image.height() != size) {
            throw new IllegalArgumentException("not a picture of " + size + " x " + size + " pixels");
        }
        BitSet edge = new BitSet();
        for (int pixel = 0; pixel < size * size; pixel++) {
            int x = pixel % size;
            int y = pixel / size;
            edge.set(pixel, x < EDGE || y < EDGE || x >= size - EDGE || y >= size - EDGE);
        }
        Colour background = colour(image, edge);
        double[] distance = new double[size * size];
        BitSet far = new BitSet();
        for (int pixel = 0; pixel < distance.length; pixel++) {
            distance[pixel] = background.distance(part(image, pixel, 0), part(image, pixel, 1), part(image, pixel, 2));
            far.set(pixel, distance[pixel] > FAR);
        }
        BitSet thing = new BitSet();
        for (BitSet region : regions.connected(far)) {
            BitSet sharp = region.cardinality() < MIN_PIXELS ? region : sharpened(region, distance);
            if (sharp.cardinality() >= MIN_PIXELS && sharp.cardinality() > thing.cardinality()) {
                thing = sharp;
            }
        }
        if (thing.isEmpty()) {
            return new Reading(background, null, null);
        }
        BitSet core = regions.inner(thing);
        return new Reading(
                background, colour(image, core.cardinality() < MIN_CORE_PIXELS ? thing : core), shape(thing));
    }

    /** Without the blurred margin: the largest part of what is at least half as far from the background as the rest. */
    private BitSet sharpened(BitSet region, double[] distance) {
        double[] sorted =
                region.stream().mapToDouble(pixel -> distance[pixel]).sorted().toArray();
        double half = 0.5 * sorted[(int) Math.round(0.8 * (sorted.length - 1))];
        BitSet clear = new BitSet();
        region.stream().filter(pixel -> distance[pixel] > half).forEach(clear::set);
        return regions.connected(clear).get(0);
    }

    private @Nullable Outline shape(BitSet thing) {
        double[] middle = regions.middle(thing);
        double best = 0;
        Outline shape = null;
        for (Template template : templates) {
            double ratio = (double) template.pixels.cardinality() / thing.cardinality();
            if (ratio > 0.5 && ratio < 2) {
                int right = (int) Math.rint(middle[0] - template.middle[0]);
                int down = (int) Math.rint(middle[1] - template.middle[1]);
                double overlap = regions.overlap(template.pixels, right, down, thing);
                if (overlap > best) {
                    best = overlap;
                    shape = template.shape;
                }
            }
        }
        return shape;
    }

    private static Colour colour(RgbImage image, BitSet pixels) {
        return Colour.nearest(median(image, pixels, 0), median(image, pixels, 1), median(image, pixels, 2));
    }

    private static int median(RgbImage image, BitSet pixels, int channel) {
        IntUnaryOperator value = pixel -> part(image, pixel, channel);
        int[] sorted =
                IntStream.of(pixels.stream().map(value).toArray()).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static int part(RgbImage image, int pixel, int channel) {
        return image.rgb()[3 * pixel + channel] & 0xff;
    }
}
