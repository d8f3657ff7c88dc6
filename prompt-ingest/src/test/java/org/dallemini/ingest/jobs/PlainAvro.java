package org.dallemini.ingest.jobs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.serde.MalformedRecordException;
import org.dallemini.serde.TrustedEvents;

/** Records without a registry. */
public final class PlainAvro implements JobUpdateReader.Deserializers {
    public PlainAvro() {
        TrustedEvents.allow();
    }

    @Override
    public <T extends SpecificRecord> Deserializer<T> of(Class<T> type) {
        return (topic, bytes) -> read(type, bytes);
    }

    public static <T extends SpecificRecord> T read(Class<T> type, byte[] bytes) {
        try {
            return new SpecificDatumReader<>(type)
                    .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
        } catch (IOException | RuntimeException e) {
            throw new MalformedRecordException("No " + type.getSimpleName(), e);
        }
    }

    public static byte[] bytes(SpecificRecord record) {
        var out = new ByteArrayOutputStream();
        var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            new SpecificDatumWriter<SpecificRecord>(record.getSchema()).write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
