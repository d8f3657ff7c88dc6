package org.dallemini.tokens.batch;

/**
 * How the two lanes share the slots. Interactive images go first, yet bulk images are never starved; bulk images are
 * started some steps apart, since images that start together end together, and an interactive one would have to wait
 * for all of them.
 *
 * @param slots images at a time, from 1
 * @param bulkReserved slots that bulk images get even if interactive ones wait; at least 0, below slots
 * @param interactiveReserved slots that bulk images never take; at least 0, below slots
 * @param bulkSpacing steps between the starts of two bulk images; at least 0
 */
public record LaneShares(int slots, int bulkReserved, int interactiveReserved, int bulkSpacing) {
    static final int INTERACTIVE = 0, BULK = 1, LANES = 2, NONE = -1;

    public LaneShares {
        require(slots >= 1, "slots is " + slots + ", must be at least 1");
        require(
                bulkReserved >= 0 && bulkReserved < slots,
                "slots reserved for bulk are " + bulkReserved + ", must be from 0 to slots - 1 = " + (slots - 1));
        require(
                interactiveReserved >= 0 && interactiveReserved < slots,
                "slots reserved for interactive are " + interactiveReserved + ", must be from 0 to slots - 1 = "
                        + (slots - 1));
        require(
                bulkReserved + interactiveReserved <= slots,
                bulkReserved + " and " + interactiveReserved + " slots are reserved, of only " + slots);
        require(bulkSpacing >= 0, "spacing is " + bulkSpacing + ", must be at least 0");
    }

    private static void require(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }

    /**
     * The lane that the next slot goes to, {@link #NONE} if it stays free.
     *
     * @param interactive interactive images being drawn
     * @param bulk bulk images being drawn
     * @param stepsSinceBulk steps since a bulk image was started
     */
    int next(int interactive, int bulk, boolean interactiveWaits, boolean bulkWaits, long stepsSinceBulk) {
        if (interactive + bulk >= slots) {
            return NONE;
        }
        boolean bulkMay = bulkWaits && bulk < slots - interactiveReserved && stepsSinceBulk >= bulkSpacing;
        boolean bulkOwed = bulkWaits && bulk < bulkReserved && interactive >= slots - bulkReserved;
        if (interactiveWaits && !bulkOwed) {
            return INTERACTIVE;
        }
        return bulkMay ? BULK : NONE;
    }
}
