package org.dallemini.serde;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;
import org.jspecify.annotations.Nullable;

/** Makes a record of a generated class, field by field. */
final class RecordConversion implements Conversion {
    /** @param from place of the writer's field, -1 if there is none */
    private record Part(int from, String name, Conversion conversion) {}

    private final SpecificData model;
    private final Schema reader;
    private final List<Part> parts = new ArrayList<>();

    RecordConversion(SpecificData model, Schema reader) {
        this.model = model;
        this.reader = reader;
    }

    /** How the next of the reader's fields is made. */
    void add(int from, String name, Conversion conversion) {
        parts.add(new Part(from, name, conversion));
    }

    @Override
    public Object apply(@Nullable Object value) throws UnfitValueException {
        IndexedRecord written = (IndexedRecord) Objects.requireNonNull(value);
        IndexedRecord made = (IndexedRecord) model.newRecord(null, reader);
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            try {
                made.put(i, part.conversion.apply(part.from < 0 ? null : written.get(part.from)));
            } catch (UnfitValueException e) {
                throw e.inField(part.name);
            }
        }
        return made;
    }
}
