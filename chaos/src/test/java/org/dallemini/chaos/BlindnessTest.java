package org.dallemini.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.dallemini.chaos.StoredImageLog.Sighting;
import org.junit.jupiter.api.Test;

class BlindnessTest {
    private static final List<Sighting> SIGHTINGS = List.of(
            new Sighting(0, 900, 1_000),
            new Sighting(1, 1_900, 2_000),
            new Sighting(0, 2_900, 3_000),
            new Sighting(1, 3_000, 10_000),
            new Sighting(0, 10_900, 11_000));

    @Test
    void shouldFindTheLongestPauseOfAllPartitionsAndOfOne() {
        Blindness blindness = Blindness.of(SIGHTINGS, 2_500, 12_000);

        assertThat(blindness.allSilent()).isEqualTo(7.0); // from 3 to 10
        assertThat(blindness.oneSilent()).isEqualTo(8.0); // from 2 to 10, and from 3 to 11
        assertThat(blindness.late()).isEqualTo(7.0);
    }

    @Test
    void shouldLeaveOutWhatWasBeforeOrAfter() {
        Blindness blindness = Blindness.of(SIGHTINGS, 1_500, 2_500);

        assertThat(blindness).isEqualTo(new Blindness(1.0, 1.5, 0.1));
    }

    @Test
    void shouldCountThePauseThatGoesOn() {
        assertThat(Blindness.of(SIGHTINGS, 12_000, 30_000).allSilent()).isEqualTo(19.0);
        assertThat(Blindness.of(List.of(), 12_000, 30_000)).isEqualTo(new Blindness(18.0, 18.0, 0));
    }
}
