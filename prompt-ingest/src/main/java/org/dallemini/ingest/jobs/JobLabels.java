package org.dallemini.ingest.jobs;

import java.util.Map;
import java.util.TreeMap;

/** The labels of a job: those of its prompts together, the first of a name, and as many as a prompt may have. */
public final class JobLabels {
    static final int MAX_LABELS = 32;

    private JobLabels() {}

    /** Those that are known, with those of one more prompt. */
    public static Map<String, String> with(Map<String, String> known, Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(known);
        new TreeMap<>(more).forEach((name, value) -> {
            if (all.size() < MAX_LABELS) {
                all.putIfAbsent(name, value);
            }
        });
        return all;
    }
}
