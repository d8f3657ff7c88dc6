package org.dallemini.cli;

import org.dallemini.deadletters.DeadLetter;
import org.dallemini.deadletters.Fate;
import org.dallemini.deadletters.LetterText;

/** Tells what becomes of dead letters in a replay, on standard output, and counts it. */
final class ReplayReport {
    private final boolean done;
    private final boolean json;
    private final int maxAttempts;
    private int replayed;
    private int before;
    private int givenUp;
    private int omitted;
    private int refused;

    /** @param done whether it is done, or only rehearsed */
    ReplayReport(boolean done, boolean json, int maxAttempts) {
        this.done = done;
        this.json = json;
        this.maxAttempts = maxAttempts;
    }

    /** Prints a line. */
    void tell(DeadLetter letter, Fate fate) {
        String word;
        String more = "";
        if (fate instanceof Fate.Replayed) {
            replayed++;
            word = done ? "replayed" : "to-replay";
        } else if (fate instanceof Fate.ReplayedBefore) {
            before++;
            word = "replayed-before";
        } else if (fate instanceof Fate.GivenUp stuck) {
            givenUp++;
            word = "given-up";
            more = "set aside " + stuck.attempts() + " times";
        } else if (fate instanceof Fate.Omitted lost) {
            omitted++;
            word = "omitted";
            more = lost.why();
        } else {
            refused++;
            word = "refused";
            more = ((Fate.Refused) fate).why();
        }
        System.out.println(
                json
                        ? LetterText.compact(
                                LetterText.summary(letter).put("fate", word).put("why", more))
                        : String.format(
                                        "%-15s %-32s %-30s %s",
                                        word,
                                        letter.place(),
                                        LetterText.printable(letter.key()),
                                        more.isEmpty()
                                                ? LetterText.printable(letter.code())
                                                : LetterText.printable(more))
                                .stripTrailing());
    }

    /** @param how to do what has only been rehearsed */
    String summary(String how) {
        var text = new StringBuilder();
        if (done) {
            text.append(replayed).append(" replayed");
        } else {
            text.append(replayed).append(" would be replayed");
        }
        append(text, before, " replayed before");
        append(text, givenUp, " given up after " + maxAttempts + " attempts or more (--max-attempts)");
        append(text, omitted, " whose record was too large for the letter");
        append(text, refused, " refused");
        return done || replayed == 0
                ? text.toString()
                : text.append("; " + how + " does it").toString();
    }

    private static void append(StringBuilder text, int count, String what) {
        if (count > 0) {
            text.append(", ").append(count).append(what);
        }
    }

    /** Whether anything is on its way again. */
    boolean hasReplayed() {
        return done && replayed > 0;
    }

    /** Of a replay that came to its end. */
    int exitCode() {
        return refused + omitted == 0 ? ExitCode.OK : ExitCode.FAILURE;
    }
}
