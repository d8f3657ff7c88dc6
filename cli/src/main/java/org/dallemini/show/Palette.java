package org.dallemini.show;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The colours of a picture, at most as many as there may be: where it has more, they are cut in boxes, again and again
 * where they differ most (Heckbert's median cut), and each box is its mean.
 *
 * @param colours 24 bits each
 * @param indices of them, for each pixel
 */
record Palette(int[] colours, int... indices) {
    static Palette of(Raster picture, int most) {
        int[] distinct = Arrays.stream(picture.rgb()).distinct().sorted().toArray();
        List<int[]> boxes = new ArrayList<>();
        boxes.add(distinct);
        while (boxes.size() < Math.min(most, distinct.length)) {
            int[] widest = boxes.stream()
                    .filter(box -> box.length > 1)
                    .max(Comparator.comparingInt(box -> spread(box, widestShift(box))))
                    .orElseThrow();
            boxes.remove(widest);
            int[] sorted = sorted(widest, widestShift(widest));
            boxes.add(Arrays.copyOfRange(sorted, 0, sorted.length / 2));
            boxes.add(Arrays.copyOfRange(sorted, sorted.length / 2, sorted.length));
        }
        int[] colours = boxes.stream().mapToInt(Palette::mean).toArray();
        Map<Integer, Integer> numbers = new HashMap<>();
        for (int i = 0; i < colours.length; i++) {
            for (int colour : boxes.get(i)) {
                numbers.put(colour, i);
            }
        }
        return new Palette(
                colours, Arrays.stream(picture.rgb()).map(numbers::get).toArray());
    }

    private static int component(int colour, int shift) {
        return colour >> shift & 255;
    }

    private static int spread(int[] box, int shift) {
        int least = 255;
        int greatest = 0;
        for (int colour : box) {
            least = Math.min(least, component(colour, shift));
            greatest = Math.max(greatest, component(colour, shift));
        }
        return greatest - least;
    }

    /** Of the component in which a box is widest. */
    private static int widestShift(int... box) {
        int widest = 16;
        for (int shift = 8; shift >= 0; shift -= 8) {
            widest = spread(box, shift) > spread(box, widest) ? shift : widest;
        }
        return widest;
    }

    private static int[] sorted(int[] box, int shift) {
        return Arrays.stream(box)
                .boxed()
                .sorted(Comparator.comparingInt(colour -> component(colour, shift)))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static int mean(int... box) {
        int mean = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            int each = shift;
            long sum = Arrays.stream(box)
                    .mapToLong(colour -> component(colour, each))
                    .sum();
            mean |= (int) ((sum + box.length / 2) / box.length) << shift;
        }
        return mean;
    }
}
