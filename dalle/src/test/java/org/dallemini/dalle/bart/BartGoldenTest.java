package org.dallemini.dalle.bart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.dallemini.dalle.testing.Tolerance.assertClose;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.model.UnsupportedModelException;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.testing.GoldenSets;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.Npy;
import org.dallemini.dalle.testing.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The numbers inside the model against those of the original code. What it draws is tested with the batch. */
class BartGoldenTest {
    private static final float HIDDEN_TOLERANCE = 1e-4f, LOGIT_TOLERANCE = 5e-4f;
    private static final Sessions SESSIONS = TestModels.SESSIONS;

    @TempDir
    static Path folder;

    static List<Goldens.Set> supported() {
        return Goldens.open().sets().stream().filter(GoldenSets::isSupported).toList();
    }

    static List<Goldens.Set> refused() {
        return Goldens.open().sets().stream()
                .filter(set -> !GoldenSets.isSupported(set))
                .toList();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("refused")
    void shouldNameTheSwitchOfAnArchitectureThatIsNotBuilt(Goldens.Set set) {
        ModelCache cache = new ModelCache(folder.resolve("cache"));

        assertThatThrownBy(() -> BartModel.open(set.bart(), cache, SESSIONS, Precision.FP32))
                .isInstanceOfSatisfying(UnsupportedModelException.class, e -> {
                    assertThat(GoldenSets.config(set).has(e.key())).isTrue();
                    assertThat(e).hasMessageContaining(e.key());
                });
    }

    @ParameterizedTest
    @MethodSource("supported")
    void shouldEncodeTextsAsTheOriginal(Goldens.Set set) throws Exception {
        // Given
        Npy ids = set.golden().array("input_ids");
        Npy mask = set.golden().array("attention_mask");
        Npy expected = set.golden().array("encoder_output");
        OrtSession encoder = SESSIONS.open(graphs(set).encoder().save(folder));

        // When
        Map<String, OnnxTensor> inputs = Map.of(
                "input_ids",
                        OnnxTensor.createTensor(SESSIONS.environment(), LongBuffer.wrap(ids.longs()), ids.longShape()),
                "attention_mask",
                        OnnxTensor.createTensor(SESSIONS.environment(), IntBuffer.wrap(mask.ints()), mask.longShape()));
        try (encoder;
                OrtSession.Result result = encoder.run(inputs)) {

            // Then
            float[] actual = floats(result, "encoder_output");
            compareRealPositions(mask.rows(), actual, expected.floats(), expected.dim(2));
            if (set.golden().has("encoder_hidden_prompt0")) {
                Npy hidden = set.golden().array("encoder_hidden_prompt0");
                for (int i = 0; i < hidden.dim(0); i++) {
                    float[] first = Arrays.copyOf(
                            floats(result, "hidden." + i), hidden.slice(i).size());
                    compareRealPositions(
                            Arrays.copyOf(mask.rows(), 1),
                            first,
                            hidden.slice(i).floats(),
                            expected.dim(2));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("supported")
    void shouldEncodeATextWithoutPaddingAsWithPadding(Goldens.Set set) throws Exception {
        // Given
        BartConfig config = BartConfig.read(set.bart());
        int[][] ids = set.golden().array("input_ids").rows();
        int[][] mask = set.golden().array("attention_mask").rows();
        try (BartModel model = open(set);
                OrtSession encoder = SESSIONS.open(graphs(set).encoder().save(folder))) {
            for (int row = 0; row < ids.length; row++) {
                // When
                EncodedText encoded = model.encode(GoldenSets.real(ids[row], mask[row]));

                // Then
                Map<String, OnnxTensor> padded = Map.of(
                        "input_ids",
                                OnnxTensor.createTensor(SESSIONS.environment(), new long[][] {
                                    Arrays.stream(ids[row]).asLongStream().toArray()
                                }),
                        "attention_mask", OnnxTensor.createTensor(SESSIONS.environment(), new int[][] {mask[row]}));
                try (OrtSession.Result result = encoder.run(padded)) {
                    int last = config.decoderLayers() - 1;
                    assertThat(encoded.length())
                            .isEqualTo(Arrays.stream(mask[row]).sum());
                    compareHeads(encoded, encoded.keys().get(last), floats(result, "cross_k." + last), config);
                    compareHeads(encoded, encoded.values().get(last), floats(result, "cross_v." + last), config);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("supported")
    void shouldGiveTheLogitsOfTheOriginalStepByStep(Goldens.Set set) throws IOException {
        // Given
        int[][] fed = set.golden().array("teacher_decoder_input_ids").rows();
        float[] expected = set.golden().array("teacher_logits").floats();
        try (BartModel model = open(set);
                Decoder decoder = model.decoder(fed.length)) {
            List<Decoder.Row> rows = new ArrayList<>();
            for (EncodedText text : GoldenSets.encode(model, set, fed.length)) {
                rows.add(decoder.open(text));
            }
            int vocabulary = decoder.vocabulary();
            for (int position = 0; position < fed[0].length; position++) {
                // When
                for (int r = 0; r < fed.length; r++) {
                    rows.get(r).feed(fed[r][position]);
                }
                decoder.step();

                // Then
                for (int r = 0; r < fed.length; r++) {
                    float[] actual = new float[vocabulary];
                    decoder.logits().get(rows.get(r).offset(), actual);
                    int at = (r * fed[0].length + position) * vocabulary;
                    assertThat(actual)
                            .containsExactly(
                                    Arrays.copyOfRange(expected, at, at + vocabulary), within(LOGIT_TOLERANCE));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("supported")
    void shouldGiveTheHiddenStatesOfTheOriginal(Goldens.Set set) throws Exception {
        // Given: the first prompt
        BartConfig config = BartConfig.read(set.bart());
        int[] fed = set.golden().array("teacher_decoder_input_ids").rows()[0];
        Npy expected = set.golden().array("teacher_logits").slice(0);
        try (BartModel model = open(set);
                OrtSession decoder = SESSIONS.open(graphs(set).decoder().save(folder))) {
            Map<String, OnnxTensor> cache = cache(config);
            Map<String, OnnxTensor> text =
                    textInputs(config, GoldenSets.encode(model, set, 1).get(0));
            Set<String> shown = decoder.getOutputNames().stream()
                    .filter(name -> !cache.containsKey(name))
                    .collect(Collectors.toSet());
            for (int position = 0; position < fed.length; position++) {
                Map<String, OnnxTensor> inputs = new HashMap<>(text);
                cache.forEach((name, tensor) -> inputs.put(name.replace("present", "past"), tensor));
                inputs.putAll(tokenInputs(fed[position], position));

                // When
                try (OrtSession.Result result = decoder.run(inputs, shown, cache)) {

                    // Then
                    assertClose(
                            "logits at " + position,
                            floats(result, "logits"),
                            expected.slice(position),
                            LOGIT_TOLERANCE);
                    if (set.golden().has("decoder_hidden_prompt0")) {
                        Npy hidden = set.golden().array("decoder_hidden_prompt0");
                        for (int i = 0; i < hidden.dim(0); i++) {
                            assertClose(
                                    "hidden state " + i + " at " + position,
                                    floats(result, "hidden." + i),
                                    hidden.slice(i).slice(position),
                                    HIDDEN_TOLERANCE);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("supported")
    void shouldGiveTheGuidedLogitsOfTheOriginal(Goldens.Set set) throws IOException {
        // Given: the original's own tokens, drawn greedily at guidance 10
        int[][] tokens = set.golden().array("sequences_top1_guidance_10").rows();
        Npy expected = set.golden().array("guided_logits_10_along_top1");
        try (BartModel model = open(set);
                Decoder decoder = model.decoder(2)) {
            EncodedText empty = model.encode(0, 2);
            List<EncodedText> texts = GoldenSets.encode(model, set, tokens.length);
            for (int i = 0; i < tokens.length; i++) {
                Decoder.Row conditional = decoder.open(texts.get(i));
                Decoder.Row unconditional = decoder.open(empty);
                for (int position = 0; position < tokens[i].length; position++) {
                    // When
                    decoder.step();
                    float[] guided = new float[decoder.vocabulary()];
                    for (int t = 0; t < guided.length; t++) {
                        float cond = decoder.logits().get(conditional.offset() + t);
                        float uncond = decoder.logits().get(unconditional.offset() + t);
                        guided[t] = uncond + 10 * (cond - uncond);
                    }
                    conditional.feed(tokens[i][position]);
                    unconditional.feed(tokens[i][position]);

                    // Then: guidance multiplies what is off by up to 19
                    assertClose(
                            "image " + i + ", position " + position,
                            guided,
                            expected.slice(i).slice(position),
                            19 * LOGIT_TOLERANCE);
                }
                decoder.close(conditional);
                decoder.close(unconditional);
            }
        }
    }

    @Test
    void shouldEncodeAndDecodeWithATrainedModelAsTheOriginal() throws Exception {
        // Given
        Goldens.Golden golden = Goldens.ofModel();
        Path own = golden.folder().resolve("dalle-bart");
        Path checkpoint = Files.exists(own) ? own : TestModels.shapes();
        int[][] ids = golden.array("input_ids").rows();
        int[][] mask = golden.array("attention_mask").rows();
        int[][] tokens = golden.array("tokens_greedy").rows();
        Npy encoded = golden.array("encoder_output_first3");
        Npy logits = golden.array("logits_along_greedy_first3");
        try (BartModel model = TestModels.open(checkpoint);
                FlaxCheckpoint weights = FlaxCheckpoint.open(checkpoint);
                OrtSession encoder = SESSIONS.open(new BartGraphs(model.config(), weights, Precision.FP32)
                        .encoder()
                        .save(folder));
                Decoder decoder = model.decoder(1)) {
            for (int i = 0; i < encoded.dim(0); i++) {
                // When
                Map<String, OnnxTensor> inputs = Map.of(
                        "input_ids",
                                OnnxTensor.createTensor(SESSIONS.environment(), new long[][] {
                                    Arrays.stream(ids[i]).asLongStream().toArray()
                                }),
                        "attention_mask", OnnxTensor.createTensor(SESSIONS.environment(), new int[][] {mask[i]}));
                try (OrtSession.Result result = encoder.run(inputs)) {

                    // Then
                    compareRealPositions(
                            new int[][] {mask[i]},
                            floats(result, "encoder_output"),
                            encoded.slice(i).floats(),
                            model.config().dModel());
                }
                Decoder.Row row = decoder.open(model.encode(GoldenSets.real(ids[i], mask[i])));
                for (int position = 0; position < logits.dim(1); position++) {
                    decoder.step();
                    float[] actual = new float[decoder.vocabulary()];
                    decoder.logits().get(row.offset(), actual);
                    assertClose(
                            "caption " + i + ", position " + position,
                            actual,
                            logits.slice(i).slice(position),
                            LOGIT_TOLERANCE);
                    row.feed(tokens[i][position]);
                }
                decoder.close(row);
            }
        }
    }

    private static Map<String, OnnxTensor> tokenInputs(int token, int position) throws Exception {
        var env = SESSIONS.environment();
        return Map.of(
                "tokens", OnnxTensor.createTensor(env, new long[][] {{token}}),
                "positions", OnnxTensor.createTensor(env, new long[][] {{position}}),
                "last", OnnxTensor.createTensor(env, new int[] {position}),
                "total", OnnxTensor.createTensor(env, new int[] {position + 1}));
    }

    private static Map<String, OnnxTensor> textInputs(BartConfig config, EncodedText text) throws Exception {
        var env = SESSIONS.environment();
        int[][] mask = new int[1][text.length()];
        Arrays.fill(mask[0], 1);
        long[] shape = {1, config.decoderHeads(), text.length(), config.decoderHeadSize()};
        Map<String, OnnxTensor> inputs = new HashMap<>();
        inputs.put("attention_mask", OnnxTensor.createTensor(env, mask));
        for (int i = 0; i < config.decoderLayers(); i++) {
            inputs.put(
                    "cross_k." + i,
                    OnnxTensor.createTensor(env, FloatBuffer.wrap(text.keys().get(i)), shape));
            inputs.put(
                    "cross_v." + i,
                    OnnxTensor.createTensor(env, FloatBuffer.wrap(text.values().get(i)), shape));
        }
        return inputs;
    }

    /** Keys and values of self attention, by the names of the outputs. */
    private static Map<String, OnnxTensor> cache(BartConfig config) throws Exception {
        HeadPadding padding = HeadPadding.of(config.decoderHeads(), config.decoderHeadSize());
        long[] shape = {1, padding.heads(), config.imageLength(), padding.padded()};
        int size = padding.heads() * config.imageLength() * padding.padded();
        Map<String, OnnxTensor> cache = new HashMap<>();
        for (int i = 0; i < config.decoderLayers(); i++) {
            for (String name : List.of("present_k.", "present_v.")) {
                cache.put(name + i, OnnxTensor.createTensor(SESSIONS.environment(), FloatBuffer.allocate(size), shape));
            }
        }
        return cache;
    }

    private static BartModel open(Goldens.Set set) throws IOException {
        return BartModel.open(set.bart(), TestModels.CACHE, SESSIONS, Precision.FP32);
    }

    /** Graphs that show their hidden states; to be saved while this test runs, so the checkpoint stays open. */
    private static BartGraphs graphs(Goldens.Set set) throws IOException {
        return new BartGraphs(BartConfig.read(set.bart()), FlaxCheckpoint.open(set.bart()), Precision.FP32, true);
    }

    private static float[] floats(OrtSession.Result result, String name) throws Exception {
        FloatBuffer buffer = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
        float[] floats = new float[buffer.remaining()];
        buffer.get(floats);
        return floats;
    }

    private static void compareRealPositions(int[][] mask, float[] actual, float[] expected, int width) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int p = 0; p < mask.length * mask[0].length; p++) {
            if (mask[p / mask[0].length][p % mask[0].length] == 1) {
                assertThat(Arrays.copyOfRange(actual, p * width, (p + 1) * width))
                        .containsExactly(
                                Arrays.copyOfRange(expected, p * width, (p + 1) * width), within(HIDDEN_TOLERANCE));
            }
        }
    }

    /** [heads, length, size] without padding against [1, heads, padded length, size]. */
    private static void compareHeads(EncodedText text, float[] actual, float[] padded, BartConfig config) {
        int block = text.length() * config.decoderHeadSize();
        int paddedBlock = padded.length / config.decoderHeads();
        for (int head = 0; head < config.decoderHeads(); head++) {
            assertThat(Arrays.copyOfRange(actual, head * block, (head + 1) * block))
                    .containsExactly(
                            Arrays.copyOfRange(padded, head * paddedBlock, head * paddedBlock + block),
                            within(HIDDEN_TOLERANCE));
        }
    }
}
