package org.dallemini.evaluation.shapes;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/** Sets of pixels of a square picture, a bit for each, row by row. */
record Regions(int size) {

    /** Parts that hang together, left, right, up and down, the largest first. */
    List<BitSet> connected(BitSet pixels) {
        List<BitSet> parts = new ArrayList<>();
        BitSet left = (BitSet) pixels.clone();
        while (!left.isEmpty()) {
            BitSet part = new BitSet();
            var open = new ArrayDeque<Integer>();
            take(left.nextSetBit(0), left, part, open);
            while (!open.isEmpty()) {
                int pixel = open.pop();
                for (int neighbour : neighbours(pixel)) {
                    if (left.get(neighbour)) {
                        take(neighbour, left, part, open);
                    }
                }
            }
            parts.add(part);
        }
        parts.sort(Comparator.comparing(BitSet::cardinality).reversed());
        return parts;
    }

    private static void take(int pixel, BitSet from, BitSet to, ArrayDeque<Integer> open) {
        from.clear(pixel);
        to.set(pixel);
        open.push(pixel);
    }

    /** Those whose neighbours all belong to it, without the picture's edge. */
    BitSet inner(BitSet pixels) {
        BitSet inner = new BitSet();
        pixels.stream()
                .filter(pixel -> neighbours(pixel).length == 4
                        && Arrays.stream(neighbours(pixel)).allMatch(pixels::get))
                .forEach(inner::set);
        return inner;
    }

    private int[] neighbours(int pixel) {
        int x = pixel % size;
        int y = pixel / size;
        int[] found = new int[4];
        int count = 0;
        if (x > 0) {
            found[count++] = pixel - 1;
        }
        if (x < size - 1) {
            found[count++] = pixel + 1;
        }
        if (y > 0) {
            found[count++] = pixel - size;
        }
        if (y < size - 1) {
            found[count++] = pixel + size;
        }
        return Arrays.copyOf(found, count);
    }

    /** Middle of the smallest rectangle around it: x, y. */
    double[] middle(BitSet pixels) {
        var x = pixels.stream().map(pixel -> pixel % size).summaryStatistics();
        var y = pixels.stream().map(pixel -> pixel / size).summaryStatistics();
        return new double[] {(x.getMin() + x.getMax()) / 2.0, (y.getMin() + y.getMax()) / 2.0};
    }

    /** Common pixels over all pixels of two sets, the first one moved; what leaves the picture is lost. */
    double overlap(BitSet a, int right, int down, BitSet b) {
        int common = 0;
        int kept = 0;
        for (int pixel = a.nextSetBit(0); pixel >= 0; pixel = a.nextSetBit(pixel + 1)) {
            int x = pixel % size + right;
            int y = pixel / size + down;
            if (x >= 0 && x < size && y >= 0 && y < size) {
                kept++;
                common += b.get(y * size + x) ? 1 : 0;
            }
        }
        return (double) common / (kept + b.cardinality() - common);
    }
}
