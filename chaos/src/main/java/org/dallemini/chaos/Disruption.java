package org.dallemini.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Something that befalls the pipeline.
 *
 * @param share of all images that are stored by then, if that does not take too long
 * @param delay a moment more, so that it hits any instruction
 * @param kind what
 * @param stage to which stage; of no meaning for the servers
 * @param victim which of its processes, modulo their number
 */
record Disruption(double share, Duration delay, Kind kind, StageKind stage, int victim) {

    enum Kind {
        /** SIGKILL to a process of a stage, and another is started in its place. */
        KILL,
        /** One process more. */
        SCALE_UP,
        /** SIGTERM to a process. */
        SCALE_DOWN,
        /** SIGSTOP until the group has given its partitions away, then SIGCONT. */
        FREEZE,
        /** SIGKILL to broker, registry and object store at once, and they are started again. */
        KILL_SERVERS
    }

    /**
     * How much shall happen.
     *
     * @param kills of processes of stages
     * @param scalings up, and as many down
     */
    record Amount(int kills, int scalings, int freezes, int serverKills) {}

    /**
     * A sequence that is the same for the same random numbers. Kills go round the stages, so that each gets its share.
     */
    static List<Disruption> plan(Amount amount, Random random) {
        var kinds = new ArrayList<Kind>();
        kinds.addAll(Collections.nCopies(amount.kills, Kind.KILL));
        kinds.addAll(Collections.nCopies(amount.scalings, Kind.SCALE_UP));
        kinds.addAll(Collections.nCopies(amount.scalings, Kind.SCALE_DOWN));
        kinds.addAll(Collections.nCopies(amount.freezes, Kind.FREEZE));
        kinds.addAll(Collections.nCopies(amount.serverKills, Kind.KILL_SERVERS));
        Collections.shuffle(kinds, random);
        var plan = new ArrayList<Disruption>();
        for (Kind kind : kinds) {
            StageKind stage = StageKind.values()[plan.size() % StageKind.values().length];
            double share = (plan.size() + random.nextDouble()) / kinds.size();
            // Of the intake, which is done with a prompt in no time, the first moments count.
            int longest = stage == StageKind.PROMPT_INGEST ? 60 : 500;
            plan.add(new Disruption(
                    share, Duration.ofMillis(random.nextInt(longest)), kind, stage, random.nextInt(Integer.MAX_VALUE)));
        }
        return List.copyOf(plan);
    }
}
