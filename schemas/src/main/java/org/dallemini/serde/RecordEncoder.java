package org.dallemini.serde;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericContainer;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;

/** Turns records into bytes in Confluent's wire format. Thread-safe. */
final class RecordEncoder {
    private record Kind(Class<?> type, Schema schema) {}

    /** @param plain what is registered, without the property of Java's strings */
    private record Format(Schema plain, DatumWriter<Object> writer) {}

    private final SchemaRegistryClient registry;
    private final boolean isKey;
    private final SubjectNameStrategy subjects;
    private final boolean autoRegister;
    private final boolean useLatest;
    private final boolean normalize;
    private final BoundedCache<Kind, Format> formats;

    RecordEncoder(SchemaRegistryClient registry, SerdeConfig config, boolean isKey) {
        TrustedEvents.allow();
        this.registry = registry;
        this.isKey = isKey;
        subjects = config.subjectNameStrategy(isKey);
        autoRegister = config.getBoolean(SerdeConfig.AUTO_REGISTER);
        useLatest = config.getBoolean(SerdeConfig.USE_LATEST_VERSION);
        normalize = config.getBoolean(SerdeConfig.NORMALIZE);
        formats = new BoundedCache<>(config.getInt(SerdeConfig.MAX_SCHEMAS));
    }

    byte[] encode(String topic, GenericContainer data) {
        Format format = formats.get(new Kind(data.getClass(), data.getSchema()), RecordEncoder::format);
        String subject = subjects.subject(topic, isKey, format.plain);
        try {
            if (autoRegister) {
                return encode(registry.register(subject, format.plain, normalize), format.writer, data);
            }
            if (useLatest) {
                return encodeAs(registry.latest(subject), format, data);
            }
            return encode(idOf(subject, format.plain), format.writer, data);
        } catch (IOException | AvroRuntimeException | ClassCastException | NullPointerException e) {
            // Avro reports values that do not fit their schema by any of these
            throw new SerializationException(
                    "A " + format.plain.getFullName() + " for topic " + topic + " does not fit its schema: "
                            + e.getMessage(),
                    e);
        }
    }

    private static Format format(Kind kind) {
        return new Format(
                PlainSchemas.of(kind.schema),
                SpecificRecord.class.isAssignableFrom(kind.type)
                        ? new SpecificDatumWriter<>(kind.schema, SpecificData.getForClass(kind.type))
                        : new GenericDatumWriter<>(kind.schema));
    }

    private int idOf(String subject, Schema plain) {
        try {
            return registry.idOf(subject, plain, normalize);
        } catch (RegistryException e) {
            if (!e.isNotFound()) {
                throw e;
            }
            throw new RegistryException(
                    e.status(),
                    e.errorCode(),
                    "The schema " + plain.getFullName() + " of this program is no version of subject " + subject
                            + ": run 'schemas register' first",
                    e);
        }
    }

    /**
     * Writes as another version than the record's own by way of Avro's schema resolution. (Fields cannot simply be
     * looked up by their places: these may differ.)
     */
    private static byte[] encodeAs(RegisteredSchema latest, Format format, GenericContainer data) throws IOException {
        if (latest.schema().equals(format.plain)) {
            return encode(latest.id(), format.writer, data);
        }
        ByteArrayOutputStream own = new ByteArrayOutputStream();
        write(own, format.writer, data);
        Object resolved = new GenericDatumReader<>(format.plain, latest.schema())
                .read(null, DecoderFactory.get().binaryDecoder(own.toByteArray(), null));
        return encode(latest.id(), new GenericDatumWriter<>(latest.schema()), resolved);
    }

    private static byte[] encode(int id, DatumWriter<Object> writer, Object data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        out.writeBytes(WireFormat.prefix(id));
        write(out, writer, data);
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, DatumWriter<Object> writer, Object data) throws IOException {
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        writer.write(data, encoder);
        encoder.flush();
    }
}
