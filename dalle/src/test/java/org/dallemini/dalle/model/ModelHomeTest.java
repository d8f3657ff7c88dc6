package org.dallemini.dalle.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelHomeTest {
    @TempDir
    Path temp;

    @Test
    void shouldFindAPulledModelByItsName() throws IOException {
        // Given
        var home = new ModelHome(temp);
        Path mini = Files.createDirectory(temp.resolve("mini"));

        // When / Then
        assertThat(home.resolve("mini")).isEqualTo(mini);
    }

    @ParameterizedTest
    @ValueSource(strings = {"./mini", "models/shapes", "/srv/models/mini", "../mini", "Mini", "."})
    void shouldTakeAnythingElseAsAPath(String model) throws IOException {
        // Given: a pulled model that must not be taken instead
        Files.createDirectory(temp.resolve("mini"));

        // When / Then
        assertThat(new ModelHome(temp).resolve(model)).isEqualTo(Path.of(model));
    }

    @Test
    void shouldTakeABareWordAsAFolderIfNoModelHasThisName() {
        // Given: the folder that tests run in has a folder src
        assertThat(Path.of("src")).isDirectory();

        // When / Then
        assertThat(new ModelHome(temp).resolve("src")).isEqualTo(Path.of("src"));
    }

    @Test
    void shouldNameTheCommandThatFetchesAModel() {
        // When / Then
        assertThatThrownBy(() -> new ModelHome(temp).resolve("mini"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("no model \"mini\" in " + temp)
                .hasMessageContaining("\"dallemini models pull mini\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".hidden", "a/b", "a\\b", "-x", "Mini", "a b", "é", "a\0b"})
    void shouldRefuseNamesThatAreNone(String name) {
        // When / Then
        assertThatThrownBy(() -> new ModelHome(temp).folder(name)).isInstanceOf(ModelException.class);
    }

    @Test
    void shouldListModelsButNotWorkInProgress() throws IOException {
        // Given
        Path mega = Files.createDirectory(temp.resolve("mega"));
        Path mini = Files.createDirectory(temp.resolve("mini"));
        Files.createDirectory(temp.resolve(".tiny.pulling"));
        Files.createFile(temp.resolve("notes"));

        // When / Then
        assertThat(new ModelHome(temp).models()).containsExactly(mega, mini);
        assertThat(new ModelHome(temp.resolve("absent")).models()).isEmpty();
    }
}
