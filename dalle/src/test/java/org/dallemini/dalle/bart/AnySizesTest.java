package org.dallemini.dalle.bart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dallemini.dalle.testing.Tolerance.assertClose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.FlaxWriter;
import org.dallemini.dalle.checkpoint.RandomElements;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.config.ParameterShapes;
import org.dallemini.dalle.testing.ReferenceDecoder;
import org.dallemini.dalle.testing.TestModels;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models of sizes that nobody published, head sizes that ONNX Runtime does not take among them. */
class AnySizesTest {
    @TempDir
    Path folder;

    @ParameterizedTest(name = "width {0}, heads {1} and {2}, stacked {3}")
    @CsvSource({
        "36, 6, 6, true", // head size 6, padded to 8
        "36, 3, 4, false", // 9, padded to 16; another number of heads in the encoder
        "20, 4, 20, true", // 1
        "48, 2, 6, true", // 8, as it is
        "34, 1, 2, false" // 17, padded to 24
    })
    void shouldDecodeAsThePlainlyWrittenDecoder(int width, int encoderHeads, int heads, boolean stacked)
            throws IOException {
        // Given
        BartConfig config = write(width, encoderHeads, heads, stacked);
        Random random = new Random(width);
        int[] fed = random.ints(config.imageLength(), 0, config.vocabulary()).toArray();
        try (BartModel model = TestModels.open(folder);
                Decoder decoder = model.decoder(2);
                FlaxCheckpoint checkpoint = FlaxCheckpoint.open(folder)) {
            EncodedText text = model.encode(0, 5, 17, 3, 2);
            float[][] expected = new ReferenceDecoder(config, checkpoint).logits(text, fed);
            decoder.open(model.encode(0, 2));
            Decoder.Row row = decoder.open(text);

            for (int position = 0; position < fed.length; position++) {
                // When
                row.feed(fed[position]);
                decoder.step();

                // Then
                float[] actual = new float[config.vocabulary()];
                decoder.logits().get(row.offset(), actual);
                assertClose("position " + position, actual, expected[position], 1e-4f);
            }
            assertThat(text.keys().get(0)).hasSize(5 * width);
        }
    }

    private BartConfig write(int width, int encoderHeads, int heads, boolean stacked) throws IOException {
        String json = """
                {"d_model": %d, "encoder_layers": 1, "decoder_layers": 2, "encoder_attention_heads": %d,
                 "decoder_attention_heads": %d, "encoder_ffn_dim": 30, "decoder_ffn_dim": 50, "encoder_vocab_size": 40,
                 "image_vocab_size": 37, "image_length": 9, "max_text_length": 12, "use_scan": %b}
                """.formatted(width, encoderHeads, heads, stacked);
        Files.writeString(folder.resolve("config.json"), json);
        BartConfig config = BartConfig.read(folder);
        FlaxWriter.write(
                folder.resolve("flax_model.msgpack"),
                ParameterShapes.of(config, stacked),
                new RandomElements(false, width, done -> {}));
        return config;
    }
}
