package org.dallemini.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.dallemini.events.PromptRequest;

/**
 * What became of the prompts of a {@link KillRun}.
 *
 * @param images asked for
 * @param disruptions how often each happened
 * @param inHand images that were published and not stored when a disruption came, on average
 * @param lost images that a topic or the bucket lacks
 * @param twice images with more than one record on a topic, and objects that nobody asked for
 * @param different records and objects that are not what they were in peace, and jobs that are not complete
 * @param deadLetters records that were set aside, of which there was no reason for any
 * @param took from the first prompt to the last object, with the disruptions
 */
record KillReport(
        long seed,
        int images,
        Map<Disruption.Kind, Integer> disruptions,
        double inHand,
        List<String> lost,
        List<String> twice,
        List<String> different,
        List<String> deadLetters,
        Duration took) {

    static KillReport of(
            long seed,
            ChaosPrompts prompts,
            Map<Disruption.Kind, Integer> disruptions,
            double inHand,
            Ledger undisturbed,
            Ledger disturbed,
            Duration took) {
        var lost = new ArrayList<String>();
        var twice = new ArrayList<String>();
        var different = new ArrayList<String>();
        undisturbed.records().forEach((kind, expected) -> {
            if (expected.size() != prompts.images()) {
                lost.add(kind + " in peace: " + expected.size() + " of " + prompts.images());
            }
            Map<String, List<String>> found = disturbed.records().getOrDefault(kind, Map.of());
            for (String image : union(expected.keySet(), found.keySet())) {
                List<String> said = found.getOrDefault(image, List.of());
                if (said.isEmpty()) {
                    lost.add(kind + " " + image);
                } else if (said.size() > 1) {
                    twice.add(kind + " " + image);
                } else if (!said.equals(expected.get(image))) {
                    different.add(kind + " " + image);
                }
            }
        });
        for (String key :
                union(undisturbed.objects().keySet(), disturbed.objects().keySet())) {
            String content = disturbed.objects().get(key);
            if (content == null) {
                lost.add("object " + key);
            } else if (!undisturbed.objects().containsKey(key)) {
                twice.add("object " + key);
            } else if (!content.equals(undisturbed.objects().get(key))) {
                different.add("object " + key);
            }
        }
        for (PromptRequest prompt : prompts.list()) {
            int count = prompt.getCount();
            String done = "COMPLETED of " + count + ": " + count + " drawn, " + count + " decoded, " + count
                    + " stored, 0 failed";
            for (Ledger ledger : List.of(undisturbed, disturbed)) {
                String said = ledger.jobs().getOrDefault(prompt.getId(), "nothing");
                if (!said.equals(done)) {
                    different.add("job " + prompt.getId() + ": " + said);
                }
            }
        }
        var deadLetters = new ArrayList<>(undisturbed.deadLetters());
        deadLetters.addAll(disturbed.deadLetters());
        return new KillReport(
                seed,
                prompts.images(),
                new EnumMap<>(disruptions),
                inHand,
                List.copyOf(lost),
                List.copyOf(twice),
                List.copyOf(different),
                List.copyOf(deadLetters),
                took);
    }

    private static Set<String> union(Set<String> a, Set<String> b) {
        var both = new TreeSet<>(a);
        both.addAll(b);
        return both;
    }

    /** Whether the promise held. */
    boolean isKept() {
        return lost.isEmpty() && twice.isEmpty() && different.isEmpty() && deadLetters.isEmpty();
    }

    /** For people: what happened, and what came of it. */
    String text() {
        var text = new StringBuilder("seed " + seed + ": " + images + " images in " + took.toSeconds() + " s\n");
        disruptions.forEach((kind, times) -> text.append(String.format(
                "  %-24s %d%n", kind.name().toLowerCase(Locale.ROOT).replace('_', ' '), times)));
        text.append(String.format("  %-24s %.0f%n", "in hand at each", inHand));
        append(text, "lost", lost);
        append(text, "twice", twice);
        append(text, "different", different);
        append(text, "dead-lettered", deadLetters);
        return text.toString();
    }

    private static void append(StringBuilder text, String what, List<String> which) {
        text.append(String.format("  %-24s %d%n", what, which.size()));
        which.stream()
                .limit(20)
                .forEach(each -> text.append("    ").append(each).append('\n'));
    }
}
