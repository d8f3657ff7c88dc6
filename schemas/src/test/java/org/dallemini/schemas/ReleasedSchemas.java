package org.dallemini.schemas;

import java.util.Set;

/** The schemas of versions that were released. Add one for each release that changes a schema. */
public final class ReleasedSchemas {
    private ReleasedSchemas() {}

    /** A version has no file of a type that came later. */
    public static EventSchemas of(String version) {
        return EventSchemas.load("/contract/" + version, version.equals("v1") ? Set.of("ImagePrefix") : Set.of());
    }
}
