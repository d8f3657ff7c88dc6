package org.dallemini.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * The model of alt-profanity-check 1.9.1 (MIT), which was trained on 200,000 comments that people had labelled: tf-idf
 * of 15,442 English words, five linear support vector machines, a sigmoid on each, and the mean of these. It knows
 * insults and swear words.
 */
final class InsultClassifier {
    private static final String MODEL = "insults.gz";

    /** As {@code \b\w\w+\b} of Python. */
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]{2,}");

    private final Map<String, Integer> rows = new HashMap<>();
    private final double[][] machines; // of each: intercept, and a and b of its sigmoid
    private final float[] numbers; // a row for each word: its idf, and its weight in each machine
    private final int width;

    /** There is one in a process, whichever doors ask it. */
    private static final class Holder {
        static final InsultClassifier SHIPPED = new InsultClassifier();
    }

    static InsultClassifier shipped() {
        return Holder.SHIPPED;
    }

    private InsultClassifier() {
        try (InputStream in = new GZIPInputStream(Resources.open(MODEL))) {
            ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes());
            machines = new double[bytes.getInt()][3];
            width = 1 + machines.length;
            numbers = new float[bytes.getInt() * width];
            byte[] words = new byte[bytes.getInt()];
            for (double[] machine : machines) {
                for (int i = 0; i < machine.length; i++) {
                    machine[i] = bytes.getDouble();
                }
            }
            bytes.get(words);
            for (String word : new String(words, StandardCharsets.UTF_8).split("\n")) {
                rows.put(word, rows.size() * width);
            }
            bytes.asFloatBuffer().get(numbers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How sure it is that a text insults or swears, 0 to 1. */
    double score(String text) {
        Map<Integer, Integer> counts = new TreeMap<>(); // of rows: sums are the same whatever the order of words
        Matcher matcher = WORD.matcher(text.toLowerCase(Locale.ROOT));
        while (matcher.find()) {
            Integer row = rows.get(matcher.group());
            if (row != null) {
                counts.merge(row, 1, Integer::sum);
            }
        }
        double[] sums = new double[machines.length];
        double squares = 0;
        for (Map.Entry<Integer, Integer> word : counts.entrySet()) {
            int row = word.getKey();
            double weight = word.getValue() * (double) numbers[row];
            squares += weight * weight;
            for (int i = 0; i < sums.length; i++) {
                sums[i] += weight * numbers[row + 1 + i];
            }
        }
        double length = squares == 0 ? 1 : Math.sqrt(squares);
        double sum = 0;
        for (int i = 0; i < sums.length; i++) {
            double distance = sums[i] / length + machines[i][0];
            sum += 1 / (1 + Math.exp(machines[i][1] * distance + machines[i][2]));
        }
        return sum / machines.length;
    }
}
