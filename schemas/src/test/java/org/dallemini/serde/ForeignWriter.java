package org.dallemini.serde;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.Schema.Type;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.jspecify.annotations.Nullable;

/** Somebody who says what our events say by a schema of his own, made up by chance. */
final class ForeignWriter {
    private final Random random;
    private int names;

    ForeignWriter(long seed) {
        random = new Random(seed);
    }

    static byte[] write(int id, Schema schema, Object record) throws IOException {
        return write(id, schema, new GenericData(), record);
    }

    /** @param model knows the logical types of the record's values */
    static byte[] write(int id, Schema schema, GenericData model, Object record) throws IOException {
        var out = new ByteArrayOutputStream();
        out.writeBytes(WireFormat.prefix(id));
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        new GenericDatumWriter<>(schema, model).write(record, encoder);
        return out.toByteArray();
    }

    private boolean chance() {
        return random.nextBoolean();
    }

    /** Another schema of the same values. */
    Schema schemaFor(Schema ours) {
        return switch (ours.getType()) {
            case UNION -> nullable(schemaFor(present(ours)));
            case RECORD -> record(ours);
            case ENUM -> chance() ? Schema.create(Type.STRING) : enumeration(ours);
            case MAP -> map(ours);
            case ARRAY -> Schema.createArray(maybeNullable(schemaFor(ours.getElementType())));
            case STRING -> Schema.create(random.nextInt(4) == 0 ? Type.BYTES : Type.STRING);
            case LONG -> ours.getLogicalType() == null ? whole(Type.LONG) : moment();
            case INT -> whole(pick(Type.INT, Type.LONG, Type.FLOAT, Type.DOUBLE));
            case FLOAT -> Schema.create(pick(Type.FLOAT, Type.DOUBLE));
            default -> Schema.create(ours.getType());
        };
    }

    private Schema record(Schema ours) {
        List<Field> fields = new ArrayList<>();
        for (Field field : ours.getFields()) {
            String name = chance() ? field.name() : field.name().toUpperCase(Locale.ROOT);
            fields.add(new Field(name, maybeNullable(schemaFor(field.schema()))));
        }
        fields.add(new Field("extra" + names++, Schema.createArray(Schema.create(Type.LONG))));
        Collections.shuffle(fields, random);
        return Schema.createRecord("Record" + names++, null, "io.confluent.ksql.avro_schemas", false, fields);
    }

    private Schema enumeration(Schema ours) {
        List<String> symbols = new ArrayList<>(ours.getEnumSymbols());
        Collections.shuffle(symbols, random);
        return Schema.createEnum("Enum" + names++, null, "somebody", symbols);
    }

    private Schema map(Schema ours) {
        Schema values = maybeNullable(schemaFor(ours.getValueType()));
        return chance()
                ? Schema.createMap(values)
                : Schema.createArray(SchemaBuilder.record("Entry" + names++)
                        .fields()
                        .name("key")
                        .type(maybeNullable(Schema.create(Type.STRING)))
                        .noDefault()
                        .name("value")
                        .type(values)
                        .noDefault()
                        .endRecord());
    }

    private Schema whole(Type type) {
        return random.nextInt(4) == 0
                ? LogicalTypes.decimal(38).addToSchema(Schema.create(Type.BYTES))
                : Schema.create(type);
    }

    private Schema moment() {
        Schema type = Schema.create(Type.LONG);
        return switch (random.nextInt(4)) {
            case 0 -> LogicalTypes.timestampMillis().addToSchema(type);
            case 1 -> LogicalTypes.timestampMicros().addToSchema(type);
            case 2 -> LogicalTypes.timestampNanos().addToSchema(type);
            default -> type;
        };
    }

    private Schema maybeNullable(Schema type) {
        return type.isUnion() || chance() ? type : nullable(type);
    }

    private Schema nullable(Schema type) {
        List<Schema> types = new ArrayList<>(List.of(Schema.create(Type.NULL), type, Schema.create(Type.BOOLEAN)));
        if (chance()) {
            types.remove(2);
        }
        Collections.shuffle(types, random);
        return Schema.createUnion(types);
    }

    private Type pick(Type... types) {
        return types[random.nextInt(types.length)];
    }

    private static Schema present(Schema type) {
        return type.isUnion()
                ? type.getTypes().stream()
                        .filter(each -> each.getType() != Type.NULL && each.getType() != Type.BOOLEAN)
                        .findFirst()
                        .orElseThrow()
                : type;
    }

    /** Our event in a schema that {@link #schemaFor} made. */
    IndexedRecord of(Schema ours, Schema theirs, IndexedRecord event) {
        return record(ours, theirs, event);
    }

    private @Nullable Object value(Schema oursOrUnion, Schema theirsOrUnion, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        Schema ours = present(oursOrUnion);
        Schema theirs = present(theirsOrUnion);
        if (ours.getType() == Type.RECORD) {
            return record(ours, theirs, (IndexedRecord) value);
        }
        if (value instanceof Map<?, ?> map) {
            return map(ours, theirs, map);
        }
        if (value instanceof Collection<?> items) {
            return items.stream()
                    .map(item -> value(ours.getElementType(), theirs.getElementType(), item))
                    .toList();
        }
        if (value instanceof Instant moment) {
            return moment(theirs, moment);
        }
        return switch (theirs.getType()) {
            case ENUM -> new GenericData.EnumSymbol(theirs, value.toString());
            case STRING -> value.toString();
            case BYTES -> value instanceof ByteBuffer ? value : bytes(theirs, value);
            case LONG -> ((Number) value).longValue();
            case FLOAT -> ((Number) value).floatValue();
            case DOUBLE -> ((Number) value).doubleValue();
            default -> value;
        };
    }

    private static ByteBuffer bytes(Schema theirs, Object value) {
        return ByteBuffer.wrap(
                theirs.getLogicalType() == null
                        ? value.toString().getBytes(UTF_8)
                        : new BigDecimal(value.toString()).unscaledValue().toByteArray());
    }

    private static long moment(Schema theirs, Instant moment) {
        long millis = moment.toEpochMilli();
        return switch (theirs.getLogicalType() == null
                ? ""
                : theirs.getLogicalType().getName()) {
            case "timestamp-micros" -> ChronoUnit.MICROS.between(Instant.EPOCH, moment) + 999; // cut off
            case "timestamp-nanos" -> millis * 1_000_000 + 999_999;
            default -> millis;
        };
    }

    private Object map(Schema ours, Schema theirs, Map<?, ?> map) {
        if (theirs.getType() == Type.MAP) {
            var made = new TreeMap<String, Object>();
            map.forEach(
                    (key, each) -> made.put(key.toString(), value(ours.getValueType(), theirs.getValueType(), each)));
            return made;
        }
        List<Object> entries = new ArrayList<>();
        Schema entry = theirs.getElementType();
        map.forEach((key, each) -> {
            var made = new GenericData.Record(entry);
            made.put("key", key.toString());
            made.put("value", value(ours.getValueType(), entry.getField("value").schema(), each));
            entries.add(made);
        });
        return entries;
    }

    /** What is our default may be null in theirs. */
    private GenericData.Record record(Schema ours, Schema theirs, IndexedRecord value) {
        var made = new GenericData.Record(theirs);
        for (Field field : theirs.getFields()) {
            Field same = ours.getFields().stream()
                    .filter(each -> each.name().equalsIgnoreCase(field.name()))
                    .findFirst()
                    .orElse(null);
            if (same == null) {
                made.put(field.pos(), List.of(1L, 2L));
                continue;
            }
            Object said = value.get(same.pos());
            boolean isDefault = same.hasDefaultValue()
                    && Objects.equals(said, SpecificData.get().getDefaultValue(same));
            boolean isLeftOut = isDefault && field.schema().isNullable() && chance();
            made.put(field.pos(), isLeftOut ? null : value(same.schema(), field.schema(), said));
        }
        return made;
    }
}
