package org.dallemini.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What befalls one of three brokers. */
enum BrokerTrouble {
    ROLLED("rolled, one after the other (SIGTERM)"),
    KILLED("killed (SIGKILL) and started again"),
    FROZEN("frozen (SIGSTOP) for 25 s"),
    CUT_OFF("cut off from brokers and clients for 30 s"),
    DISK_FILLED("its disk filled, cleared after its end");

    private final String text;

    BrokerTrouble(String text) {
        this.text = text;
    }

    /** For people. */
    String text() {
        return text;
    }

    /**
     * A sequence that is the same for the same random numbers.
     *
     * @param kills of single brokers; of each of the others there is a third as many, one at least
     */
    static List<BrokerTrouble> plan(int kills, Random random) {
        var plan = new ArrayList<BrokerTrouble>();
        for (BrokerTrouble trouble : values()) {
            plan.addAll(Collections.nCopies(trouble == KILLED ? kills : Math.max(1, kills / 3), trouble));
        }
        Collections.shuffle(plan, random);
        return List.copyOf(plan);
    }
}
