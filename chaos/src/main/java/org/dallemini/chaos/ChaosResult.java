package org.dallemini.chaos;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What became of prompts that were accepted, for one image each.
 *
 * @param images accepted
 * @param lost missing on some topic or in the bucket
 * @param twice on some topic
 * @param deadLettered records on all dead letter topics
 * @param problems one line each; empty if each image is everywhere once, and in the bucket with the announced content
 */
record ChaosResult(int images, int lost, int twice, int deadLettered, List<String> problems) {

    /** @param prompts with the keys {@code prompt-0} and so on */
    static ChaosResult of(Ledger ledger, int prompts) {
        return of(ledger, prompts, 0);
    }

    /** @param flawed so many of the prompts must be dead-lettered by the intake */
    static ChaosResult of(Ledger ledger, int prompts, int flawed) {
        Set<String> refused = new HashSet<>();
        ledger.deadLetters().forEach(letter -> refused.add(letter.substring(letter.indexOf(' ') + 1)));
        var lost = new HashSet<String>();
        var twice = new HashSet<String>();
        var problems = new ArrayList<String>();
        if (ledger.deadLetters().size() != flawed) {
            problems.add(ledger.deadLetters().size() + " dead letters instead of " + flawed + ": "
                    + ledger.deadLetters().stream().limit(5).toList());
        }
        for (int i = 0; i < prompts; i++) {
            String image = "prompt-" + i + "/0";
            if (refused.contains("prompt-" + i)) {
                continue;
            }
            for (Map.Entry<String, Map<String, List<String>>> topic :
                    ledger.records().entrySet()) {
                int records = topic.getValue().getOrDefault(image, List.of()).size();
                if (records != 1) {
                    (records == 0 ? lost : twice).add(image);
                    problems.add(image + " is " + records + " times on " + topic.getKey());
                }
            }
        }
        Set<String> announced = new HashSet<>();
        ledger.records()
                .getOrDefault("stored-images", Map.of())
                .values()
                .forEach(said -> said.forEach(text -> {
                    String[] parts = text.split(" ", -1); // key, size, hash
                    announced.add(parts[0]);
                    if (!parts[2].equals(ledger.objects().get(parts[0]))) {
                        lost.add(parts[0]);
                        problems.add(parts[0] + " is not in the bucket as announced");
                    }
                }));
        ledger.objects().keySet().stream()
                .filter(key -> !announced.contains(key))
                .forEach(key -> problems.add(key + " is in the bucket and was never announced"));
        int accepted = prompts - refused.size();
        return new ChaosResult(
                accepted, lost.size(), twice.size(), ledger.deadLetters().size(), List.copyOf(problems));
    }
}
