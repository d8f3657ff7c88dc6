package org.dallemini.schemas;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The schemas of versions that were released. Add one for each release that changes a schema. */
public final class ReleasedSchemas {
    /** The records that a version brought. */
    private static final SortedMap<Integer, Set<String>> NEW_RECORDS = new TreeMap<>(Map.of(
            2, Set.of("ImagePrefix"),
            4, Set.of("JobCommand"),
            5, Set.of("ImagePreview"),
            6, Set.of("ImageVerdict", "PromptVerdict", "Footprint", "ModerationDecision"),
            7, Set.of("ImageOutput", "ImageRedraw", "StoredRendition", "ImageDeletion")));

    private ReleasedSchemas() {}

    /** A version has no file of a type that came later. */
    public static EventSchemas of(String version) {
        return EventSchemas.load("/contract/" + version, laterThan(version));
    }

    /** Whether a version has a record of this name. */
    public static boolean has(String version, String record) {
        return of(version).contains(record);
    }

    private static Set<String> laterThan(String version) {
        Set<String> later = new HashSet<>();
        NEW_RECORDS.tailMap(1 + Integer.parseInt(version.substring(1))).values().forEach(later::addAll);
        return later;
    }
}
