package org.dallemini.training.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Finds the known pictures that are nearest to another, by the distance of vectors. */
final class PictureIndex {
    private final List<String> concepts = new ArrayList<>();
    private final List<float[]> vectors = new ArrayList<>();

    void add(String concept, float[] vector) {
        concepts.add(concept);
        vectors.add(vector);
    }

    int size() {
        return vectors.size();
    }

    /** The nearest concepts, each once, nearest first. */
    List<String> nearest(float[] vector, int count) {
        double[] distances = vectors.stream()
                .parallel()
                .mapToDouble(other -> distance(vector, other))
                .toArray();
        return IntStream.range(0, distances.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> distances[i]))
                .map(concepts::get)
                .distinct()
                .limit(count)
                .toList();
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }
}
