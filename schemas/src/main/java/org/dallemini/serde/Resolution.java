package org.dallemini.serde;

import static java.util.stream.Collectors.joining;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.Schema.Type;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;
import org.dallemini.serde.Conversion.Step;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the values of a writer's schema in a generated class. Goes further than Avro's schema resolution,
 * which looks at the types on the wire alone:
 *
 * <ul>
 *   <li>logical types count: a moment in another unit is converted, one without a time zone refused;
 *   <li>null stands for the default of a field that cannot be null;
 *   <li>a number of a larger type is taken where its value fits;
 *   <li>a name counts whatever its case, where only one is meant; names of records do not;
 *   <li>an enum may come as a string, a map as an array of its entries, as Kafka Connect's converter writes it.
 * </ul>
 *
 * <p>What is not understood is refused when it comes, not when it is declared: a field of a strange type may be null.
 */
final class Resolution {
    /** Knows no logical types: values are as they are on the wire. */
    static final GenericData GENERIC = new GenericData();

    private final SpecificData model;
    private final Map<List<Schema>, Step> records = new HashMap<>();

    private Resolution(SpecificData model) {
        this.model = model;
    }

    /**
     * @param writer of a record
     * @param reader of a generated class
     * @param model that class's
     */
    static Step of(Schema writer, Schema reader, SpecificData model) {
        return new Resolution(model).step(writer, reader);
    }

    private Step step(Schema writer, Schema reader) {
        if (writer.isUnion()) {
            return fromUnion(writer, reader);
        }
        if (reader.isUnion()) {
            return writer.getType() == Type.NULL && reader.isNullable()
                    ? Step.ours(value -> null)
                    : Step.ours(step(writer, branch(writer, reader)).conversion());
        }
        Step step = understood(writer, reader);
        return step != null ? step : Step.refusal(described(writer), wanted(reader));
    }

    /** Null if the one cannot be made of the other. */
    private @Nullable Step understood(Schema writer, Schema reader) {
        if (reader.getLogicalType() != null) {
            return LogicalTimes.MILLIS.equals(reader.getLogicalType().getName())
                    ? LogicalTimes.step(writer)
                    : only(writer, reader);
        }
        return switch (reader.getType()) {
            case INT, LONG, FLOAT, DOUBLE -> NumberPromotion.step(writer, reader.getType());
            case STRING -> string(writer);
            case BYTES -> isPlain(writer, Type.BYTES) ? new Step(value -> value, true) : null;
            case ENUM -> enumeration(writer, reader);
            case RECORD -> writer.getType() == Type.RECORD ? record(writer, reader) : null;
            case ARRAY -> writer.getType() == Type.ARRAY ? array(writer, reader) : null;
            case MAP -> map(writer, reader);
            default -> only(writer, reader);
        };
    }

    /** Types that none of our schemas has: left to Avro where the whole record can be, else refused. */
    private static @Nullable Step only(Schema writer, Schema reader) {
        return writer.equals(reader)
                ? new Step(Step.refusal(described(writer), wanted(reader)).conversion(), true)
                : null;
    }

    private Step fromUnion(Schema writer, Schema reader) {
        List<Schema> types = writer.getTypes();
        List<Step> steps = types.stream().map(type -> step(type, reader)).toList();
        boolean isAvros = reader.isUnion() && reader.getTypes().size() == types.size();
        for (int i = 0; isAvros && i < types.size(); i++) {
            Schema same = reader.getTypes().get(i);
            isAvros = types.get(i).getType() == Type.NULL
                    ? same.getType() == Type.NULL
                    : step(types.get(i), same).isAvros();
        }
        if (types.size() == 2 && writer.isNullable()) { // most unions are, and need no search
            int absent = types.get(0).getType() == Type.NULL ? 0 : 1;
            Conversion none = steps.get(absent).conversion();
            Conversion some = steps.get(1 - absent).conversion();
            return new Step(value -> (value == null ? none : some).apply(value), isAvros);
        }
        return new Step(
                value -> steps.get(GENERIC.resolveUnion(writer, value))
                        .conversion()
                        .apply(value),
                isAvros);
    }

    /** The branch of a reader's union for a type of the writer's: ours have one besides null. */
    static Schema branch(Schema writer, Schema reader) {
        List<Schema> branches = reader.getTypes().stream()
                .filter(type -> type.getType() != Type.NULL)
                .toList();
        return branches.stream()
                .filter(type -> type.getType() == writer.getType())
                .findFirst()
                .orElse(branches.get(0));
    }

    private static @Nullable Step string(Schema writer) {
        if (writer.getType() == Type.STRING) {
            return new Step(String::valueOf, true);
        }
        return isPlain(writer, Type.BYTES)
                ? Step.ours(value -> utf8((ByteBuffer) Objects.requireNonNull(value)))
                : null;
    }

    private static String utf8(ByteBuffer bytes) throws UnfitValueException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
        } catch (CharacterCodingException e) {
            throw new UnfitValueException("bytes that are no UTF-8: write a string");
        }
    }

    /** Bytes that are a decimal are no bytes to us. */
    private static boolean isPlain(Schema writer, Type type) {
        return writer.getType() == type && writer.getLogicalType() == null;
    }

    /** Of another enum, a symbol that we do not have is our default; of a string it is a mistake. */
    private @Nullable Step enumeration(Schema writer, Schema reader) {
        if (writer.getType() != Type.ENUM && writer.getType() != Type.STRING) {
            return null;
        }
        Map<String, Object> symbols = new HashMap<>();
        reader.getEnumSymbols().forEach(symbol -> symbols.put(symbol, model.createEnum(symbol, reader)));
        Object otherwise = writer.getType() == Type.ENUM && reader.getEnumDefault() != null
                ? symbols.get(reader.getEnumDefault())
                : null;
        return new Step(
                value -> {
                    Object symbol = symbols.getOrDefault(String.valueOf(value), otherwise);
                    if (symbol == null) {
                        throw new UnfitValueException(
                                UnfitValueException.shown(String.valueOf(value)) + ": write " + wanted(reader));
                    }
                    return symbol;
                },
                writer.getType() == Type.ENUM && writer.getFullName().equals(reader.getFullName()));
    }

    private Step array(Schema writer, Schema reader) {
        Step items = step(writer.getElementType(), reader.getElementType());
        return new Step(
                value -> {
                    List<@Nullable Object> converted = new ArrayList<>();
                    for (Object item : (Collection<?>) Objects.requireNonNull(value)) {
                        try {
                            converted.add(items.conversion().apply(item));
                        } catch (UnfitValueException e) {
                            throw e.inElement(converted.size());
                        }
                    }
                    return converted;
                },
                items.isAvros());
    }

    private @Nullable Step map(Schema writer, Schema reader) {
        if (writer.getType() == Type.MAP) {
            Step values = step(writer.getValueType(), reader.getValueType());
            boolean mayBeNull = reader.getValueType().isNullable();
            return new Step(
                    value -> {
                        Map<String, @Nullable Object> converted = new LinkedHashMap<>();
                        for (Map.Entry<?, ?> entry : ((Map<?, ?>) Objects.requireNonNull(value)).entrySet()) {
                            put(converted, entry.getKey(), entry.getValue(), values.conversion(), mayBeNull);
                        }
                        return converted;
                    },
                    values.isAvros());
        }
        return writer.getType() == Type.ARRAY ? entries(writer.getElementType(), reader) : null;
    }

    /** How Kafka Connect's converter, and ksqlDB by it, write maps whose keys may be null. */
    private @Nullable Step entries(Schema entry, Schema reader) {
        if (entry.getType() != Type.RECORD) {
            return null;
        }
        Field key = entry.getField("key");
        Field content = entry.getField("value");
        if (key == null || content == null) {
            return null;
        }
        Conversion keys = step(key.schema(), Schema.create(Type.STRING)).conversion();
        Conversion values = step(content.schema(), reader.getValueType()).conversion();
        boolean mayBeNull = reader.getValueType().isNullable();
        return Step.ours(value -> {
            Map<String, @Nullable Object> converted = new LinkedHashMap<>();
            for (Object each : (Collection<?>) Objects.requireNonNull(value)) {
                IndexedRecord pair = (IndexedRecord) each;
                Object name = keys.apply(pair.get(key.pos()));
                put(converted, name, pair.get(content.pos()), values, mayBeNull);
            }
            return converted;
        });
    }

    /** Nothing said under a name is as if the name were not there. */
    private static void put(
            Map<String, @Nullable Object> map,
            @Nullable Object key,
            @Nullable Object value,
            Conversion values,
            boolean mayBeNull)
            throws UnfitValueException {
        if (value == null && !mayBeNull) {
            return;
        }
        String name = String.valueOf(key);
        try {
            map.put(name, values.apply(value));
        } catch (UnfitValueException e) {
            throw e.inElement(name);
        }
    }

    private Step record(Schema writer, Schema reader) {
        List<Schema> pair = List.of(writer, reader);
        Step known = records.get(pair);
        if (known != null) {
            return known;
        }
        var conversion = new RecordConversion(model, reader);
        records.put(pair, new Step(conversion, true)); // for the record inside of itself: the outer one decides
        boolean isAvros = writer.getFullName().equals(reader.getFullName());
        for (Field field : reader.getFields()) {
            List<Field> found = fields(writer, field.name());
            Step part = found.isEmpty()
                    ? missing(writer, reader, field)
                    : found.size() > 1 ? ambiguous(found) : present(found.get(0), field);
            String name = found.size() == 1 ? found.get(0).name() : field.name();
            conversion.add(found.isEmpty() ? -1 : found.get(0).pos(), name, part.conversion());
            isAvros &= part.isAvros() && name.equals(field.name());
        }
        Step step = new Step(conversion, isAvros);
        records.put(pair, step);
        return step;
    }

    /** The record's field of that name; else all that differ from it by case. */
    static List<Field> fields(Schema record, String name) {
        Field same = record.getField(name);
        return same != null
                ? List.of(same)
                : record.getFields().stream()
                        .filter(field -> field.name().equalsIgnoreCase(name))
                        .toList();
    }

    private Step missing(Schema writer, Schema reader, Field field) {
        if (field.hasDefaultValue()) {
            return new Step(value -> defaultOf(field), true);
        }
        return Step.ours(value -> {
            throw new UnfitValueException("it is missing: the writer's " + writer.getName() + " has no such field, and "
                    + reader.getName() + " no default for it");
        });
    }

    private static Step ambiguous(List<Field> found) {
        return Step.ours(value -> {
            throw new UnfitValueException(
                    found.stream().map(Field::name).collect(joining(" and ")) + " may be meant: write one of them");
        });
    }

    private Step present(Field written, Field field) {
        Step step = step(written.schema(), field.schema());
        boolean mayBeNull = field.schema().isNullable();
        return new Step(
                value -> value == null && !mayBeNull
                        ? defaultOf(field)
                        : step.conversion().apply(value),
                step.isAvros());
    }

    private @Nullable Object defaultOf(Field field) throws UnfitValueException {
        if (!field.hasDefaultValue()) {
            throw new UnfitValueException("it is null and has no default: write " + wanted(field.schema()));
        }
        return model.deepCopy(field.schema(), model.getDefaultValue(field));
    }

    private static String described(Schema type) {
        String logical = type.getProp("logicalType");
        return logical == null ? type.getType().getName() : type.getType().getName() + " (" + logical + ")";
    }

    private static String wanted(Schema reader) {
        if (reader.getLogicalType() != null) {
            return LogicalTimes.MILLIS.equals(reader.getLogicalType().getName())
                    ? LogicalTimes.WANTED
                    : described(reader);
        }
        return switch (reader.getType()) {
            case UNION -> wanted(branch(reader, reader));
            case INT, LONG, FLOAT, DOUBLE -> NumberPromotion.wanted(reader.getType());
            case STRING -> "a string";
            case ENUM -> "one of " + String.join(", ", reader.getEnumSymbols());
            case ARRAY -> "an array";
            case MAP -> "a map";
            case RECORD -> "a record like " + reader.getName();
            default -> reader.getType().getName();
        };
    }
}
