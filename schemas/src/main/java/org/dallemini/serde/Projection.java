package org.dallemini.serde;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.Schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * The part of a writer's schema that {@link Resolution} makes something of. By it Avro skips the other fields, which a
 * stranger can make as large in memory as they are small on the wire.
 */
final class Projection {
    private final Map<List<Schema>, Schema> records = new HashMap<>();

    private Projection() {}

    static Schema of(Schema writer, Schema reader) {
        return new Projection().part(writer, reader);
    }

    /** @param reader null where nothing of it is wanted but that it is there, so that it can be refused */
    private Schema part(Schema writer, @Nullable Schema reader) {
        if (reader != null && reader.isUnion() && !writer.isUnion()) {
            return part(writer, Resolution.branch(writer, reader));
        }
        return switch (writer.getType()) {
            case UNION ->
                Schema.createUnion(writer.getTypes().stream()
                        .map(type -> part(type, reader))
                        .toList());
            case RECORD -> record(writer, reader != null && reader.getType() == Type.RECORD ? reader : null);
            case ARRAY -> Schema.createArray(part(writer.getElementType(), items(reader)));
            case MAP ->
                Schema.createMap(part(
                        writer.getValueType(),
                        reader != null && reader.getType() == Type.MAP ? reader.getValueType() : null));
            default -> writer;
        };
    }

    private static @Nullable Schema items(@Nullable Schema reader) {
        if (reader == null) {
            return null;
        }
        return switch (reader.getType()) {
            case ARRAY -> reader.getElementType();
            case MAP -> entry(reader); // which may come as an array of its entries
            default -> null;
        };
    }

    private static Schema entry(Schema map) {
        Field key = new Field("key", Schema.create(Type.STRING));
        return Schema.createRecord("Entry", null, null, false, List.of(key, new Field("value", map.getValueType())));
    }

    private Schema record(Schema writer, @Nullable Schema reader) {
        List<Schema> pair = reader == null ? List.of(writer) : List.of(writer, reader);
        Schema known = records.get(pair);
        if (known != null) {
            return known;
        }
        Schema part = Schema.createRecord(writer.getFullName(), null, null, false);
        records.put(pair, part);
        List<Field> fields = new ArrayList<>();
        for (Field field : writer.getFields()) {
            List<Field> ours = reader == null ? List.of() : Resolution.fields(reader, field.name());
            if (!ours.isEmpty()) {
                fields.add(
                        new Field(field.name(), part(field.schema(), ours.get(0).schema())));
            }
        }
        part.setFields(fields);
        return part;
    }
}
