package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OffsetSetTest {
    @Test
    void shouldCountRecordsAndNotTheGapsBetweenThem() {
        // Given: over the border of a page
        var offsets = new OffsetSet(65_000);

        // When
        for (long offset = 65_000; offset < 66_000; offset += 2) {
            offsets.add(offset);
            offsets.add(offset);
        }

        // Then
        assertThat(offsets.size()).isEqualTo(500);
        offsets.startFrom(65_501);
        assertThat(offsets.size()).isEqualTo(249);
        offsets.startFrom(65_901);
        assertThat(offsets.size()).isEqualTo(49);
        offsets.startFrom(70_000);
        assertThat(offsets.size()).isZero();
    }

    @Test
    void shouldNotCountWhatWasCommittedBeforeItWasSeen() {
        var offsets = new OffsetSet(10);

        offsets.startFrom(20);
        offsets.add(19);
        offsets.add(20);

        assertThat(offsets.size()).isEqualTo(1);
    }
}
