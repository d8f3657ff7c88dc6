package org.dallemini.dalle.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dallemini.dalle.testing.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
    @TempDir
    Path temp;

    @Test
    void shouldOpenAFolderInTheOriginalLayout() throws IOException {
        for (Goldens.Set set : Goldens.open().vqganSets()) {
            // When
            ModelFolder model = ModelFolder.open(set.folder());

            // Then
            assertThat(model.name()).isEqualTo(set.name());
            assertThat(model.bart()).isEqualTo(set.bart());
            assertThat(model.vqgan()).isEqualTo(set.vqgan());
        }
    }

    @Test
    void shouldSayWhatIsMissing() throws IOException {
        Path model = temp.resolve("model");
        expect(model, "model is not a folder; give the folder that contains dalle-bart/ and vqgan/");
        Files.createDirectories(model);
        expect(model, "dalle-bart is missing");
        Path bart = Files.createDirectory(model.resolve("dalle-bart"));
        expect(model, "dalle-bart/config.json is missing");
        Files.writeString(bart.resolve("config.json"), "{}");
        expect(model, "has neither flax_model.msgpack nor flax_model.msgpack.index.json nor model.safetensors");
        Files.writeString(bart.resolve("flax_model.msgpack.index.json"), "{}");
        expect(model, "vqgan is missing");
        Path vqgan = Files.createDirectory(model.resolve("vqgan"));
        expect(model, "vqgan/config.json is missing");
        Files.writeString(vqgan.resolve("config.json"), "{}");
        expect(model, "vqgan has neither");
        Files.writeString(vqgan.resolve("flax_model.msgpack"), "{}");
        expect(model, "dalle-bart has no tokenizer.json");
        Files.writeString(bart.resolve("vocab.json"), "{}");
        expect(model, "dalle-bart has no tokenizer.json");
        Files.writeString(bart.resolve("merges.txt"), "{}");
        assertThat(ModelFolder.open(model).path()).isEqualTo(model);
    }

    @Test
    void shouldOpenATextModelAlone() throws IOException {
        // Given
        Path bart = Files.createDirectories(temp.resolve("model/dalle-bart"));
        Files.writeString(bart.resolve("config.json"), "{}");
        Files.writeString(bart.resolve("flax_model.msgpack"), "{}");

        // When, Then
        assertThatThrownBy(() -> ModelFolder.openText(temp.resolve("model")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("dalle-bart has no tokenizer.json");
        Files.writeString(bart.resolve("tokenizer.json"), "{}");
        assertThat(ModelFolder.openText(temp.resolve("model")).bart()).isEqualTo(bart);
        expect(temp.resolve("model"), "vqgan is missing");
    }

    private static void expect(Path model, String message) {
        assertThatThrownBy(() -> ModelFolder.open(model))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(message);
    }
}
