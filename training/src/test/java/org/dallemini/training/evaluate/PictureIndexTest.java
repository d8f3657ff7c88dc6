package org.dallemini.training.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PictureIndexTest {
    @Test
    void shouldNameTheNearestConceptsOnceEach() {
        PictureIndex index = new PictureIndex();
        index.add("apple", new float[] {0, 0});
        index.add("apple", new float[] {0, 1});
        index.add("pear", new float[] {0, 3});
        index.add("plum", new float[] {9, 9});

        assertThat(index.nearest(new float[] {0, 0.5f}, 2)).containsExactly("apple", "pear");
    }
}
