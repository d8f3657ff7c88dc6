package org.dallemini.stage.deletions;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeletedImagesTest {
    private static final int MANY = 20_000;

    private final DeletedImages images = new DeletedImages();

    @Test
    void shouldKnowWhatWasDeletedAndNothingElse() {
        // When
        for (int i = 0; i < MANY; i++) {
            images.add("p-" + i + "/0");
        }

        // Then
        for (int i = 0; i < MANY; i++) {
            assertThat(images.contains("p-" + i + "/0")).isTrue();
            assertThat(images.contains("p-" + i + "/1")).isFalse();
        }
        assertThat(images.size()).isEqualTo(MANY);
    }

    @Test
    void shouldCountAnImageOnce() {
        // When
        images.add("p/0");
        images.add("p/0");

        // Then
        assertThat(images.size()).isEqualTo(1);
        assertThat(images.contains("p/1")).isFalse();
    }
}
