package org.dallemini.training.evaluate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dallemini.dalle.vqgan.RgbImage;

/**
 * The plain ground of a picture and the things on it. The ground has the colour in the middle of those along the edge,
 * and is what is like it and joined to the edge.
 */
final class Ground {
    /** The grounds of the data set of pictograms. */
    private static final Map<String, int[]> COLOURS = new LinkedHashMap<>();

    static {
        COLOURS.put("white", new int[] {255, 255, 255});
        COLOURS.put("red", new int[] {214, 48, 49});
        COLOURS.put("orange", new int[] {245, 140, 40});
        COLOURS.put("yellow", new int[] {250, 214, 60});
        COLOURS.put("green", new int[] {70, 170, 80});
        COLOURS.put("turquoise", new int[] {64, 200, 196});
        COLOURS.put("blue", new int[] {50, 110, 215});
        COLOURS.put("purple", new int[] {130, 70, 180});
        COLOURS.put("pink", new int[] {245, 150, 190});
        COLOURS.put("brown", new int[] {125, 80, 50});
        COLOURS.put("gray", new int[] {150, 150, 150});
        COLOURS.put("black", new int[] {20, 20, 20});
    }

    /** Of a colour's three parts together. */
    private static final int MAX_DIFFERENCE = 90;

    /** Smaller ones are taken as noise: a thousandth of a picture. */
    private static final double MIN_SHARE = 0.004;

    /** Parts of a thing that are no further apart than this share of a picture belong together. */
    private static final double GAP = 0.03;

    private final RgbImage image;
    private final int[] colour;
    private final boolean[] ground;

    private Ground(RgbImage image, int[] colour, boolean[] ground) {
        this.image = image;
        this.colour = colour;
        this.ground = ground;
    }

    static Ground of(RgbImage image) {
        int width = image.width();
        int height = image.height();
        List<Integer> edge = new ArrayList<>();
        for (int x = 0; x < width; x++) {
            edge.add(x);
            edge.add((height - 1) * width + x);
        }
        for (int y = 1; y < height - 1; y++) {
            edge.add(y * width);
            edge.add(y * width + width - 1);
        }
        int[] colour = new int[3];
        for (int part = 0; part < 3; part++) {
            int chosen = part;
            int[] values = edge.stream()
                    .mapToInt(pixel -> image.rgb()[3 * pixel + chosen] & 0xff)
                    .sorted()
                    .toArray();
            colour[part] = values[values.length / 2];
        }
        boolean[] ground = new boolean[width * height];
        Deque<Integer> open = new ArrayDeque<>(edge);
        while (!open.isEmpty()) {
            int pixel = open.pop();
            if (!ground[pixel] && distance(image, pixel, colour) <= MAX_DIFFERENCE) {
                ground[pixel] = true;
                neighbours(pixel, width, height).forEach(open::push);
            }
        }
        return new Ground(image, colour, ground);
    }

    private static List<Integer> neighbours(int pixel, int width, int height) {
        List<Integer> all = new ArrayList<>(4);
        if (pixel % width > 0) {
            all.add(pixel - 1);
        }
        if (pixel % width < width - 1) {
            all.add(pixel + 1);
        }
        if (pixel >= width) {
            all.add(pixel - width);
        }
        if (pixel < width * (height - 1)) {
            all.add(pixel + width);
        }
        return all;
    }

    private static int distance(RgbImage image, int pixel, int[] colour) {
        int sum = 0;
        for (int part = 0; part < 3; part++) {
            sum += Math.abs((image.rgb()[3 * pixel + part] & 0xff) - colour[part]);
        }
        return sum;
    }

    /** The name of the nearest of the data set's grounds. */
    String name() {
        return COLOURS.entrySet().stream()
                .min((a, b) -> Integer.compare(difference(a.getValue()), difference(b.getValue())))
                .orElseThrow()
                .getKey();
    }

    private int difference(int[] other) {
        int sum = 0;
        for (int part = 0; part < 3; part++) {
            sum += (colour[part] - other[part]) * (colour[part] - other[part]);
        }
        return sum;
    }

    /**
     * Where a thing lies.
     *
     * @param right exclusive
     * @param bottom exclusive
     */
    record Box(int left, int top, int right, int bottom) {
        private boolean isNear(Box other, int gap) {
            return left - gap <= other.right
                    && other.left - gap <= right
                    && top - gap <= other.bottom
                    && other.top - gap <= bottom;
        }

        private Box with(Box other) {
            return new Box(
                    Math.min(left, other.left),
                    Math.min(top, other.top),
                    Math.max(right, other.right),
                    Math.max(bottom, other.bottom));
        }
    }

    /** The things, from left to right. */
    List<Box> things() {
        int width = image.width();
        int height = image.height();
        boolean[] seen = ground.clone();
        List<Box> boxes = new ArrayList<>();
        for (int start = 0; start < seen.length; start++) {
            if (!seen[start]) {
                Deque<Integer> open = new ArrayDeque<>(List.of(start));
                seen[start] = true;
                Box box = null;
                int area = 0;
                while (!open.isEmpty()) {
                    int pixel = open.pop();
                    area++;
                    Box own = new Box(pixel % width, pixel / width, pixel % width + 1, pixel / width + 1);
                    box = box == null ? own : box.with(own);
                    for (int next : neighbours(pixel, width, height)) {
                        if (!seen[next]) {
                            seen[next] = true;
                            open.push(next);
                        }
                    }
                }
                if (box != null && area >= MIN_SHARE * seen.length) {
                    boxes.add(box);
                }
            }
        }
        return joined(boxes, Math.max(1, (int) (GAP * width)));
    }

    private static List<Box> joined(List<Box> boxes, int gap) {
        List<Box> left = new ArrayList<>(boxes);
        List<Box> joined = new ArrayList<>();
        while (!left.isEmpty()) {
            Box box = left.remove(left.size() - 1);
            boolean grown = true;
            while (grown) {
                grown = false;
                for (int i = left.size() - 1; i >= 0; i--) {
                    if (box.isNear(left.get(i), gap)) {
                        box = box.with(left.remove(i));
                        grown = true;
                    }
                }
            }
            joined.add(box);
        }
        joined.sort((a, b) -> Integer.compare(a.left + a.right, b.left + b.right));
        return joined;
    }

    /** What lies in a box, without the ground, as large as the data set draws single things on white. */
    RgbImage alone(Box box) {
        int size = image.width();
        int inner = size * 5 / 6;
        byte[] rgb = new byte[3 * size * size];
        Arrays.fill(rgb, (byte) 255);
        int width = box.right - box.left;
        int height = box.bottom - box.top;
        double scale = (double) inner / Math.max(width, height);
        int shownWidth = (int) (width * scale);
        int shownHeight = (int) (height * scale);
        for (int y = 0; y < shownHeight; y++) {
            for (int x = 0; x < shownWidth; x++) {
                int from = (box.top + (int) (y / scale)) * size + box.left + (int) (x / scale);
                int to = ((size - shownHeight) / 2 + y) * size + (size - shownWidth) / 2 + x;
                if (!ground[from]) {
                    System.arraycopy(image.rgb(), 3 * from, rgb, 3 * to, 3);
                }
            }
        }
        return new RgbImage(size, size, rgb);
    }

    /** Everything that is not ground. */
    Box whole() {
        return things().stream().reduce(Box::with).orElse(new Box(0, 0, image.width(), image.height()));
    }
}
