package org.dallemini.schemas;

import java.util.Set;

/** The schemas of versions that were released. Add one for each release that changes a schema. */
public final class ReleasedSchemas {
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
        return switch (version) {
            case "v1" ->
                Set.of(
                        "ImagePrefix",
                        "JobCommand",
                        "ImagePreview",
                        "ImageVerdict",
                        "PromptVerdict",
                        "Footprint",
                        "ModerationDecision",
                        "ImageOutput",
                        "ImageRedraw",
                        "StoredRendition",
                        "ImageDeletion");
            case "v2", "v3" ->
                Set.of(
                        "JobCommand",
                        "ImagePreview",
                        "ImageVerdict",
                        "PromptVerdict",
                        "Footprint",
                        "ModerationDecision",
                        "ImageOutput",
                        "ImageRedraw",
                        "StoredRendition",
                        "ImageDeletion");
            case "v4" ->
                Set.of(
                        "ImagePreview",
                        "ImageVerdict",
                        "PromptVerdict",
                        "Footprint",
                        "ModerationDecision",
                        "ImageOutput",
                        "ImageRedraw",
                        "StoredRendition",
                        "ImageDeletion");
            case "v5" ->
                Set.of(
                        "ImageVerdict",
                        "PromptVerdict",
                        "Footprint",
                        "ModerationDecision",
                        "ImageOutput",
                        "ImageRedraw",
                        "StoredRendition",
                        "ImageDeletion");
            case "v6" -> Set.of("ImageOutput", "ImageRedraw", "StoredRendition", "ImageDeletion");
            default -> Set.of();
        };
    }
}
