package org.dallemini.serde;

import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.header.Headers;
import org.dallemini.serde.WireFormat.Frame;
import org.dallemini.serde.WireFormat.SchemaName;
import org.jspecify.annotations.Nullable;

/** Turns bytes in Confluent's wire format into records. Thread-safe. */
final class RecordDecoder {
    private final SchemaRegistryClient registry;
    private final boolean isKey;
    private final boolean specific;
    private final @Nullable Class<?> type;
    private final BoundedCache<SchemaName, Plan> plans;

    /** How records of one writer's schema are read: by Avro's own resolution where that is enough, else by ours. */
    private record Plan(
            SchemaName name,
            DatumReader<Object> reader,
            @Nullable Conversion conversion) {}

    /** @param type generated class to read into; null to choose by the writer's schema */
    RecordDecoder(SchemaRegistryClient registry, SerdeConfig config, boolean isKey, @Nullable Class<?> type) {
        TrustedEvents.allow();
        this.registry = registry;
        this.isKey = isKey;
        this.type = type;
        specific = config.getBoolean(SerdeConfig.SPECIFIC_READER);
        plans = new BoundedCache<>(config.getInt(SerdeConfig.MAX_SCHEMAS));
        if (type != null) {
            requireReadable(type);
        }
    }

    private static void requireReadable(Class<?> type) {
        if (!SpecificRecord.class.isAssignableFrom(type)) {
            throw new ConfigException(type.getName() + " is no class that Avro generated");
        }
        try {
            ClassSecurityValidator.validate(type);
        } catch (SecurityException e) {
            throw new ConfigException("Avro does not trust " + type.getName()
                    + "; name its package in the system property org.apache.avro.SERIALIZABLE_PACKAGES");
        }
    }

    /**
     * @throws MalformedRecordException if the bytes are no such record
     * @throws RegistryException if the registry could not tell
     */
    Object decode(String topic, Headers headers, byte[] data) {
        try {
            Frame frame = WireFormat.parse(headers, data, isKey);
            return read(plans.get(frame.schema(), this::plan), data, frame.bodyStart());
        } catch (MalformedRecordException e) {
            throw new MalformedRecordException(
                    "Malformed " + (isKey ? "key" : "value") + " (" + data.length + " bytes) from topic " + topic + ": "
                            + e.getMessage() + ForeignFormat.advice(headers, data, isKey),
                    e.getCause());
        }
    }

    private Plan plan(SchemaName name) {
        Schema writer = name.lookUp(registry);
        if (writer.getType() != Schema.Type.RECORD) {
            throw new MalformedRecordException(
                    name + " is of type " + writer.getType().getName() + ", not a record");
        }
        Class<?> target = type;
        if (target == null && specific) {
            target = SpecificData.get().getClass(writer);
            if (target == null) {
                throw new MalformedRecordException("There is no class " + writer.getFullName() + " to read it into");
            }
        }
        if (target == null) {
            return new Plan(name, new GenericDatumReader<>(writer), null);
        }
        Schema reader = SpecificData.get().getSchema(target);
        SpecificData model = SpecificData.getForClass(target);
        if (Resolution.of(writer, reader, model).isAvros()) {
            return new Plan(name, new SpecificDatumReader<>(writer, reader, model), null);
        }
        Schema part = Projection.of(writer, reader);
        return new Plan(
                name,
                new GenericDatumReader<>(writer, part, Resolution.GENERIC),
                Resolution.of(part, reader, model).conversion());
    }

    private static Object read(Plan plan, byte[] data, int start) {
        // This decoder knows how much there is, so a false length prefix fails before anything is allocated.
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(data, start, data.length - start, null);
        Object read;
        boolean atEnd;
        try {
            read = plan.reader.read(null, decoder);
            atEnd = decoder.isEnd();
        } catch (IOException | RuntimeException e) {
            // Avro reports bytes that do not match the schema by unchecked exceptions of many types
            throw new MalformedRecordException("The body does not match " + plan.name + ": " + e, e);
        } catch (StackOverflowError e) {
            // A schema that contains itself, which a writer may use for fields that we skip
            throw new MalformedRecordException("The body is nested too deep for " + plan.name);
        }
        if (!atEnd) {
            throw new MalformedRecordException("Bytes are left over behind the record of " + plan.name);
        }
        return plan.conversion == null ? read : plan.conversion.ofRecord(plan.name, read);
    }
}
