package org.dallemini.ingest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCardTest {
    @TempDir
    private Path folder;

    @Test
    void shouldReadTheCardOfTheShippedModel() {
        // When
        ModelCard card = ModelCard.of(Path.of("..", "models", "shapes"));

        // Then
        assertThat(card.name()).isEqualTo("shapes");
        assertThat(card.description()).contains("simple coloured shapes");
        assertThat(card.languages()).containsExactly("en");
        assertThat(card.examples()).hasSizeGreaterThan(1).allMatch(text -> text.matches("[a-z ]+"));
        assertThat(card.limits()).isNotEmpty();
        assertThat(card.licence()).isEqualTo("CC0-1.0");
        assertThat(card.toString()).doesNotContain("internet", "people", "sunset");
    }

    @Test
    void shouldPassOverWhatItDoesNotKnowAndMissNothing() throws IOException {
        // Given
        Path model = Files.createDirectory(folder.resolve("mine"));
        Files.writeString(model.resolve(ModelCard.FILE), "{\"limits\":[\"Few.\"],\"ofLaterVersions\":{\"a\":1}}");

        // When, Then
        assertThat(ModelCard.of(model)).satisfies(card -> {
            assertThat(card.name()).isEqualTo("mine");
            assertThat(card.limits()).containsExactly("Few.");
            assertThat(card.description()).isEmpty();
            assertThat(card.examples()).isEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "https://huggingface.co/dalle-mini/dalle-mini, true",
        "https://mirror.example.org/dalle-mini/dalle-mega, true",
        "https://huggingface.co/somebody/dalle-mini, false",
        "https://huggingface.co/dalle-mini/dalle-mini-finetuned, false",
        "/srv/models/mini, false"
    })
    void shouldKnowThePublishedModelsByWhereTheyWerePulledFrom(String source, boolean isPublished) throws IOException {
        // Given
        Path model = Files.createDirectory(folder.resolve("mini"));
        Files.writeString(
                model.resolve("pull.json"),
                "{\"name\":\"mini\",\"dalle-bart\":{\"source\":\"" + source + "\",\"revision\":\"main\"}}");

        // When
        ModelCard card = ModelCard.of(model);

        // Then
        assertThat(card.name()).isEqualTo("mini");
        assertThat(card.biases().isEmpty()).isNotEqualTo(isPublished);
        if (!isPublished) {
            assertThat(card).isEqualTo(ModelCard.named("mini"));
        }
    }

    @Test
    void shouldReadTheHubsCardWhereThereIsNoOther() throws IOException {
        // Given
        Path model = Files.createDirectory(folder.resolve("mini"));
        Files.writeString(
                model.resolve("pull.json"),
                "{\"dalle-bart\":{\"source\":\"https://huggingface.co/dalle-mini/dalle-mini\"}}");
        ModelCard builtIn = ModelCard.of(model);

        // When, Then: what says nothing is passed over, and a card of one's own is stronger
        Files.writeString(model.resolve("README.md"), "# Hello\n");
        assertThat(ModelCard.of(model)).isEqualTo(builtIn);
        Files.writeString(model.resolve("README.md"), "## Limitations\n\nFew.\n");
        assertThat(ModelCard.of(model)).satisfies(card -> {
            assertThat(card.name()).isEqualTo("mini");
            assertThat(card.limits()).containsExactly("Few.");
            assertThat(card.source()).isEqualTo("https://huggingface.co/dalle-mini/dalle-mini");
            assertThat(card.biases()).isEmpty();
        });
        Files.writeString(model.resolve(ModelCard.FILE), "{\"limits\":[\"Many.\"]}");
        assertThat(ModelCard.of(model).limits()).containsExactly("Many.");
    }

    @Test
    void shouldClaimNothingOfAModelWithoutACard() throws IOException {
        Path model = Files.createDirectory(folder.resolve("other"));
        assertThat(ModelCard.of(model)).isEqualTo(ModelCard.named("other"));
        Files.writeString(model.resolve("pull.json"), "{");
        assertThat(ModelCard.of(model)).isEqualTo(ModelCard.named("other"));
    }

    @Test
    void shouldSayWhichCardCannotBeRead() throws IOException {
        Path model = Files.createDirectory(folder.resolve("broken"));
        Files.writeString(model.resolve(ModelCard.FILE), "{\"name\":[]}");
        assertThatThrownBy(() -> ModelCard.of(model))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("model-card.json is no model card");
        assertThatThrownBy(() -> ModelCard.of(folder.resolve("none")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("is no folder of a model");
    }

    @Test
    void shouldLearnFromTheNewestImageWhereNothingIsSaid() {
        DrawingModel told = new DrawingModel(Optional.of(ModelCard.named("told")), () -> Optional.of("seen"));
        DrawingModel untold = new DrawingModel(Optional.empty(), () -> Optional.of("seen"));
        assertThat(told.card()).contains(ModelCard.named("told"));
        assertThat(untold.card()).contains(ModelCard.named("seen"));
        assertThat(new DrawingModel(Optional.empty(), Optional::empty).card()).isEmpty();
    }
}
