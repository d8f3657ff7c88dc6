package org.dallemini.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What came of a {@link BrokerRun} or an {@link UpgradeRun}.
 *
 * @param rate images a second that were asked for
 * @param problems promises that were broken, and what was left out; empty if all is well
 */
record TroubleReport(double rate, List<Event> events, ChaosResult verdict, List<String> problems) {

    /**
     * Something that happened.
     *
     * @param what it was, for people
     * @param lasted seconds until all was well again
     */
    record Event(String what, double lasted, Blindness blindness) {
        /** Something that is over, and all is as it was. Tells of it. */
        static Event until(String what, long from, StoredImageLog arrivals) {
            long now = System.currentTimeMillis();
            var event = new Event(what, (now - from) / 1e3, Blindness.of(arrivals.sightings(), from, now));
            Chaos.say(event.row());
            return event;
        }

        String row() {
            return String.format(
                    Locale.ROOT,
                    "| %s | %.0f s | %.1f s | %.1f s | %.1f s |",
                    what,
                    lasted,
                    blindness.allSilent(),
                    blindness.oneSilent(),
                    blindness.late());
        }
    }

    /**
     * Counts what became of each prompt, once all has been stored.
     *
     * @param settings of the pipeline
     * @param others problems that are known already
     */
    static TroubleReport of(
            double rate, List<Event> events, PromptStream prompts, Map<String, String> settings, List<String> others)
            throws Exception {
        ChaosResult verdict = ChaosResult.of(Ledger.read(settings), prompts.published());
        var problems = new ArrayList<>(others);
        problems.addAll(prompts.problems());
        problems.addAll(verdict.problems());
        return new TroubleReport(rate, List.copyOf(events), verdict, List.copyOf(problems));
    }

    boolean isKept() {
        return problems.isEmpty();
    }

    /** A table of Markdown, and the verdict. */
    String text() {
        var text = new StringJoiner("\n", "", "\n");
        text.add("| what happened | all well after | no image for | none of one partition for | seen late by |");
        text.add("|---|---|---|---|---|");
        events.forEach(event -> text.add(event.row()));
        text.add("");
        text.add(String.format(
                Locale.ROOT,
                "%d images at %.1f a second, %d lost, %d twice, %d dead-lettered",
                verdict.images(),
                rate,
                verdict.lost(),
                verdict.twice(),
                verdict.deadLettered()));
        problems.forEach(problem -> text.add("BROKEN: " + problem));
        return text.toString();
    }
}
