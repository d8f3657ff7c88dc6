package org.dallemini.dalle.bart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.testing.TestModels;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DecoderTest {
    /** By precision. */
    private static final List<BartModel> models = new ArrayList<>();
    /** The same with more threads. */
    private static final List<BartModel> threaded = new ArrayList<>();
    /** By precision: scripts that were run alone, on one thread. */
    private static final Map<Precision, List<Script>> alones = new EnumMap<>(Precision.class);

    private static BartModel model;

    @BeforeAll
    static void open() throws IOException {
        Sessions threads = new Sessions(2);
        for (Precision precision : Precision.values()) {
            models.add(TestModels.open(TestModels.shapes(), TestModels.SESSIONS, precision));
            threaded.add(TestModels.open(TestModels.shapes(), threads, precision));
        }
        model = models.get(0);
    }

    @AfterAll
    static void close() {
        threaded.forEach(BartModel::close);
        models.forEach(BartModel::close);
    }

    static Stream<Arguments> precisionsAndCapacities() {
        return Arrays.stream(Precision.values())
                .flatMap(precision -> IntStream.of(1, 2, 3, 5, 8, 16, 32).mapToObj(n -> arguments(precision, n)));
    }

    /** A sequence to feed, and what its logits were, position by position. */
    private record Script(int[] text, int[] tokens, List<float[]> logits) {

        static Script random(Random random) {
            int[] text = random.ints(random.nextInt(2, 65), 3, model.config().encoderVocabSize())
                    .toArray();
            int[] tokens = random.ints(
                            random.nextInt(1, model.config().imageLength()),
                            0,
                            model.config().imageVocabSize())
                    .toArray();
            return new Script(text, tokens, new ArrayList<>());
        }

        /** The same sequence, not run yet. */
        Script again() {
            return new Script(text, tokens, new ArrayList<>());
        }

        /** Keeps the logits and feeds the next token; false at the end. */
        boolean proceed(Decoder decoder, Decoder.Row row) {
            float[] now = new float[decoder.vocabulary()];
            decoder.logits().get(row.offset(), now);
            logits.add(now);
            if (logits.size() > tokens.length) {
                return false;
            }
            row.feed(tokens[logits.size() - 1]);
            return true;
        }
    }

    private record Running(Script script, Decoder.Row row) {}

    @ParameterizedTest
    @MethodSource("precisionsAndCapacities")
    void shouldComputeARowTheSameToTheBitWhateverTheOtherRowsAre(Precision precision, int capacity) {
        // Given
        BartModel moreThreads = threaded.get(precision.ordinal());
        Random random = new Random(capacity);
        List<Script> alone = alone(precision, capacity + 4);

        // When: rows come and go at random, and more threads work on them
        List<Script> together = alone.stream().map(Script::again).toList();
        List<Running> running = new ArrayList<>();
        int next = 0;
        try (Decoder decoder = moreThreads.decoder(capacity)) {
            while (next < together.size() || !running.isEmpty()) {
                while (next < together.size() && running.size() < capacity && random.nextInt(4) != 0) {
                    Script script = together.get(next++);
                    running.add(new Running(script, decoder.open(moreThreads.encode(script.text))));
                }
                decoder.step();
                running.removeIf(r -> {
                    boolean ended = !r.script.proceed(decoder, r.row);
                    if (ended) {
                        decoder.close(r.row);
                    }
                    return ended;
                });
            }
        }

        // Then
        for (int i = 0; i < alone.size(); i++) {
            assertThat(together.get(i).logits).hasSameSizeAs(alone.get(i).logits);
            for (int p = 0; p < alone.get(i).logits.size(); p++) {
                assertThat(Arrays.equals(
                                together.get(i).logits.get(p),
                                alone.get(i).logits.get(p)))
                        .as("script %d, position %d", i, p)
                        .isTrue();
            }
        }
    }

    /** So many scripts, whose logits are computed once for all capacities. */
    private static List<Script> alone(Precision precision, int count) {
        List<Script> alone = alones.computeIfAbsent(precision, p -> new ArrayList<>());
        while (alone.size() < count) {
            Script script = Script.random(new Random(alone.size()));
            runAlone(models.get(precision.ordinal()), script);
            alone.add(script);
        }
        return alone.subList(0, count);
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void shouldStepARowAloneAsInTheBatch(Precision precision) {
        // Given
        BartModel model = models.get(precision.ordinal());
        Random random = new Random(7);
        List<Script> scripts = List.of(Script.random(random), Script.random(random), Script.random(random));
        scripts.forEach(script -> runAlone(model, script));

        // When: the rows of the batch take their steps one after the other
        List<Script> again = scripts.stream().map(Script::again).toList();
        try (Decoder decoder = model.decoder(3)) {
            List<Running> running = new ArrayList<>();
            for (Script script : again) {
                running.add(new Running(script, decoder.open(model.encode(script.text))));
            }
            while (!running.isEmpty()) {
                running.forEach(r -> decoder.step(List.of(r.row)));
                running.removeIf(r -> {
                    boolean ended = !r.script.proceed(decoder, r.row);
                    if (ended) {
                        decoder.close(r.row);
                    }
                    return ended;
                });
            }
        }

        // Then
        for (int i = 0; i < scripts.size(); i++) {
            assertThat(again.get(i).logits.toArray(new float[0][]))
                    .isDeepEqualTo(scripts.get(i).logits.toArray(new float[0][]));
        }
    }

    @Test
    void shouldHaveRoomForNoMoreRowsThanItsCapacity() {
        try (Decoder decoder = model.decoder(2)) {
            EncodedText text = model.encode(0, 2);
            Decoder.Row first = decoder.open(text);
            decoder.open(text);
            assertThatIllegalStateException()
                    .isThrownBy(() -> decoder.open(text))
                    .withMessage("all 2 rows of the decoder are open");

            decoder.close(first);
            decoder.open(text);
            decoder.step();
        }
    }

    @Test
    void shouldRefuseToFeedMoreTokensThanAnImageHas() {
        try (Decoder decoder = model.decoder(1)) {
            decoder.open(model.encode(0, 2));
            for (int i = 0; i < model.config().imageLength(); i++) {
                decoder.step();
            }
            assertThatIllegalStateException().isThrownBy(decoder::step).withMessage("the row has all its 64 tokens");
        }
    }

    private static void runAlone(BartModel model, Script script) {
        try (Decoder decoder = model.decoder(1)) {
            Decoder.Row row = decoder.open(model.encode(script.text));
            do {
                decoder.step();
            } while (script.proceed(decoder, row));
        }
    }
}
