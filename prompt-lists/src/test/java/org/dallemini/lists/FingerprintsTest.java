package org.dallemini.lists;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FingerprintsTest {

    @Test
    void shouldKnowWhatItHasSeenHoweverMuchThatIs() {
        var seen = new Fingerprints();

        for (int i = 0; i < 100_000; i++) {
            assertThat(seen.add("id-" + i)).isTrue();
        }
        for (int i = 0; i < 100_000; i++) {
            assertThat(seen.add("id-" + i)).isFalse();
        }
    }
}
