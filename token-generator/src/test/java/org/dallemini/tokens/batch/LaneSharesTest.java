package org.dallemini.tokens.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaneSharesTest {
    private static final LaneShares SHARES = new LaneShares(8, 2, 1, 10);

    @ParameterizedTest
    @CsvSource({
        // interactive, bulk, interactive waits, bulk waits, steps since bulk: lane
        "0, 0, false, false, 99, -1", // nothing to do
        "0, 0, true, true, 99, 0", // interactive first
        "5, 0, true, true, 99, 0", // six slots are for whoever comes first
        "6, 0, true, true, 99, 1", // the last two are owed to bulk
        "6, 1, true, true, 99, 1",
        "6, 2, true, true, 99, -1", // full
        "6, 0, true, false, 99, 0", // unless no bulk waits
        "0, 0, false, true, 9, -1", // too soon after the last bulk image
        "0, 0, false, true, 10, 1",
        "6, 1, true, true, 9, -1", // what is owed is kept free for the time
        "0, 6, false, true, 99, 1",
        "0, 7, false, true, 99, -1", // one slot is never for bulk
        "0, 7, true, true, 99, 0",
        "1, 7, true, true, 99, -1"
    })
    void shouldShareTheSlots(
            int interactive, int bulk, boolean interactiveWaits, boolean bulkWaits, long steps, int lane) {
        assertThat(SHARES.next(interactive, bulk, interactiveWaits, bulkWaits, steps))
                .isEqualTo(lane);
    }

    @Test
    void shouldServeBothLanesWithASingleSlot() {
        LaneShares single = new LaneShares(1, 0, 0, 0);

        assertThat(single.next(0, 0, true, true, 0)).isEqualTo(LaneShares.INTERACTIVE);
        assertThat(single.next(0, 0, false, true, 0)).isEqualTo(LaneShares.BULK);
        assertThat(single.next(1, 0, true, true, 0)).isEqualTo(LaneShares.NONE);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0, 0", "4, 4, 0, 0", "4, 0, 4, 0", "4, 3, 2, 0", "4, -1, 0, 0", "4, 0, -1, 0", "4, 0, 0, -1"})
    void shouldRefuseSharesThatLeaveALaneNothing(int slots, int bulk, int interactive, int spacing) {
        assertThatIllegalArgumentException().isThrownBy(() -> new LaneShares(slots, bulk, interactive, spacing));
    }
}
