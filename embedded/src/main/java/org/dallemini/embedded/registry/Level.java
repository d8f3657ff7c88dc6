package org.dallemini.embedded.registry;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;

/** What a new version of a subject may change, decided by Avro's own {@link SchemaCompatibility}. */
enum Level {
    NONE(false, false, false),
    BACKWARD(true, false, false),
    BACKWARD_TRANSITIVE(true, false, true),
    FORWARD(false, true, false),
    FORWARD_TRANSITIVE(false, true, true),
    FULL(true, true, false),
    FULL_TRANSITIVE(true, true, true);

    private final boolean newReadsOld;
    private final boolean oldReadsNew;
    private final boolean againstAll;

    Level(boolean newReadsOld, boolean oldReadsNew, boolean againstAll) {
        this.newReadsOld = newReadsOld;
        this.oldReadsNew = oldReadsNew;
        this.againstAll = againstAll;
    }

    /**
     * Why the schema may not follow these versions; none if it may.
     *
     * @param versions oldest first
     */
    List<String> objections(Schema schema, List<StoredSchema> versions) {
        List<StoredSchema> compared =
                againstAll || versions.isEmpty() ? versions : versions.subList(versions.size() - 1, versions.size());
        List<String> objections = new ArrayList<>();
        for (StoredSchema old : compared) {
            if (newReadsOld) {
                objections.addAll(objections(schema, old.schema(), "the new schema cannot read version ", old));
            }
            if (oldReadsNew) {
                objections.addAll(objections(old.schema(), schema, "the new schema cannot be read by version ", old));
            }
        }
        return objections;
    }

    private static List<String> objections(Schema reader, Schema writer, String what, StoredSchema old) {
        SchemaPairCompatibility pair = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        if (pair.getType() == SchemaCompatibilityType.COMPATIBLE) {
            return List.of();
        }
        return pair.getResult().getIncompatibilities().stream()
                .map(i -> what + old.version() + ": " + describe(i))
                .toList();
    }

    private static String describe(Incompatibility incompatibility) {
        return incompatibility.getType() + " at " + incompatibility.getLocation() + ": " + incompatibility.getMessage();
    }
}
