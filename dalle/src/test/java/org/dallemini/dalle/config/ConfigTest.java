package org.dallemini.dalle.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.UnsupportedModelException;
import org.dallemini.dalle.testing.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
    @TempDir
    Path folder;

    @Test
    void shouldReadWhatTheFileSays() throws IOException {
        // Given
        write("config.json", """
                {"d_model": 64, "encoder_layers": 3, "decoder_layers": 2, "encoder_attention_heads": 4,
                 "decoder_attention_heads": 8, "encoder_ffn_dim": 128, "decoder_ffn_dim": 130,
                 "encoder_vocab_size": 708, "image_vocab_size": 95, "image_length": 16, "max_text_length": 32,
                 "decoder_start_token_id": 64, "eos_token_id": 65, "pad_token_id": 66, "normalize_text": true,
                 "use_scan": true, "architectures": ["eBart"], "something_new": {"a": 1}}
                """);

        // When
        BartConfig config = BartConfig.read(folder);

        // Then
        assertThat(config).isEqualTo(new BartConfig(64, 3, 2, 4, 8, 128, 130, 708, 95, 16, 32, 64, 65, 66, true));
        assertThat(config.vocabulary()).isEqualTo(96);
        assertThat(config.dModel() / config.encoderHeads()).isEqualTo(16);
        assertThat(config.decoderHeadSize()).isEqualTo(8);
    }

    @Test
    void shouldFillInWhatOldFilesLack() throws IOException {
        // Given: null is as good as absent
        write("config.json", "{\"image_vocab_size\": 16415, \"eos_token_id\": null}");

        // When / Then
        assertThat(BartConfig.read(folder))
                .isEqualTo(new BartConfig(
                        1024, 12, 12, 16, 16, 4096, 4096, 50264, 16415, 256, 64, 16415, 16415, 16415, false));
        assertThat(VqganConfig.read(folder))
                .isEqualTo(new VqganConfig(
                        128, List.of(1, 1, 2, 2, 4), 2, List.of(16), 256, 256, 16384, 256, 3, 3, true, false, false));
    }

    @Test
    void shouldKnowTheGridOfAVqgan() throws IOException {
        // Given
        write("config.json", "{\"ch\": 32, \"ch_mult\": [1, 1, 2], \"resolution\": 24, \"resamp_with_conv\": false}");

        // When
        VqganConfig config = VqganConfig.read(folder);

        // Then
        assertThat(config.levels()).isEqualTo(3);
        assertThat(config.gridSize()).isEqualTo(6);
        assertThat(config.resampWithConv()).isFalse();
    }

    @Test
    void shouldReadTheGoldens() throws IOException {
        for (Goldens.Set set : Goldens.open().vqganSets()) {
            // When
            BartConfig bart = BartConfig.read(set.bart());
            VqganConfig vqgan = VqganConfig.read(set.vqgan());

            // Then
            assertThat(vqgan.gridSize() * vqgan.gridSize()).isEqualTo(bart.imageLength());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ln_positions, '\"deepnet\"'",
        "ln_positions, '\"swinv2\"'",
        "ln_type, '\"rmsnorm\"'",
        "use_glu, false",
        "use_bias, true",
        "activation_function, '\"gelu_new\"'",
        "use_absolute_position_embeddings, false",
        "use_swin_position_embeddings, true",
        "use_alibi, true",
        "use_cosine_attention, true",
        "use_head_scale, true",
        "use_deepnet_scaling, true",
        "use_final_ln_encoder, false",
        "use_final_ln_decoder, false",
        "force_ln_scale, true",
        "sinkhorn_iters, 3",
        "scale_embedding, true",
        "tie_word_embeddings, true",
    })
    void shouldRefuseAnotherArchitecture(String key, String value) throws IOException {
        // Given
        write("config.json", "{\"" + key + "\": " + value + "}");

        // When / Then
        assertThatThrownBy(() -> BartConfig.read(folder))
                .hasMessageContaining(folder.resolve("config.json").toString())
                .hasMessageContaining(key + " = " + value + " is not supported")
                .asInstanceOf(InstanceOfAssertFactories.type(UnsupportedModelException.class))
                .extracting(UnsupportedModelException::key)
                .isEqualTo(key);
    }

    @ParameterizedTest
    @CsvSource({"out_ch, 1", "in_channels, 4", "double_z, true", "give_pre_end, true"})
    void shouldRefuseAnotherVqgan(String key, String value) throws IOException {
        // Given
        write("config.json", "{\"" + key + "\": " + value + "}");

        // When / Then
        assertThatThrownBy(() -> VqganConfig.read(folder))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining(key + " = " + value + " is not supported");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"d_model\": 0",
                "\"d_model\": -1",
                "\"d_model\": 1.5",
                "\"d_model\": \"1024\"",
                "\"d_model\": 99999999999999999999",
                "\"d_model\": [1024]",
                "\"encoder_attention_heads\": 7",
                "\"decoder_attention_heads\": 7",
                "\"decoder_layers\": 1000000000",
                "\"image_vocab_size\": 65536",
                "\"decoder_start_token_id\": 16385",
                "\"eos_token_id\": -1",
                "\"max_text_length\": 1",
                "\"normalize_text\": 1"
            })
    void shouldRefuseAValueThatMakesNoSense(String setting) throws IOException {
        // Given
        write("config.json", "{" + setting + "}");

        // When / Then
        assertThatThrownBy(() -> BartConfig.read(folder))
                .isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining("config.json: " + setting.substring(1, setting.indexOf('"', 1)) + " = ")
                .hasMessageContaining(" must be ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"ch\": 33",
                "\"ch\": 0",
                "\"ch_mult\": []",
                "\"ch_mult\": [0]",
                "\"ch_mult\": 4",
                "\"ch_mult\": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]",
                "\"resolution\": 250",
                "\"attn_resolutions\": [\"16\"]"
            })
    void shouldRefuseAVqganValueThatMakesNoSense(String setting) throws IOException {
        // Given
        write("config.json", "{" + setting + "}");

        // When / Then
        assertThatThrownBy(() -> VqganConfig.read(folder))
                .isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining(" must be ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "42", "{\"d_model\": 1024,}", "\u0000"})
    void shouldRefuseAFileThatIsNotAJsonObject(String content) throws IOException {
        // Given
        write("config.json", content);

        // When / Then
        assertThatThrownBy(() -> BartConfig.read(folder))
                .isExactlyInstanceOf(ModelException.class)
                .hasMessageMatching(".*config.json is (not .*|empty; .*|cut off: .*)");
    }

    @Test
    void shouldSayThatAFileIsMissing() {
        assertThatThrownBy(() -> VqganConfig.read(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("config.json is missing");
    }

    @Test
    void shouldReadSamplingDefaults() throws IOException {
        assertThat(GenerationConfig.read(folder)).isEqualTo(new GenerationConfig(1, 50, 1, 10));

        write("generation_config.json", "{\"condition_scale\": 2.0, \"top_k\": 0, \"max_length\": 257}");
        assertThat(GenerationConfig.read(folder)).isEqualTo(new GenerationConfig(1, 0, 1, 2));

        write("generation_config.json", "{\"condition_scale\": 0, \"temperature\": 0.7, \"top_p\": 0.9}");
        assertThat(GenerationConfig.read(folder)).isEqualTo(new GenerationConfig(0.7f, 50, 0.9f, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"temperature\": 0",
                "\"temperature\": 1e99",
                "\"temperature\": \"hot\"",
                "\"top_k\": -1",
                "\"top_k\": 2.5",
                "\"top_p\": 0",
                "\"top_p\": 1.1",
                "\"condition_scale\": -1"
            })
    void shouldRefuseSamplingDefaultsThatMakeNoSense(String setting) throws IOException {
        // Given
        write("generation_config.json", "{" + setting + "}");

        // When / Then
        assertThatThrownBy(() -> GenerationConfig.read(folder))
                .isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining("generation_config.json: ")
                .hasMessageContaining(" must be ");
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }
}
