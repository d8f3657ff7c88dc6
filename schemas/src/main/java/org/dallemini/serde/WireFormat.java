package org.dallemini.serde;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * How a record names its schema, as Confluent defined it: in front of the body a zero byte and the schema's id (4
 * bytes, big endian); or, since 8.0, in a header a one byte and the schema's GUID (16 bytes), with nothing in front of
 * the body.
 */
final class WireFormat {
    static final int PREFIX_LENGTH = 5;
    private static final byte ID = 0;
    private static final byte GUID = 1;
    private static final int GUID_LENGTH = 17;

    private WireFormat() {}

    /** The name of a schema. */
    sealed interface SchemaName {
        Schema lookUp(SchemaRegistryClient registry);
    }

    record Id(int id) implements SchemaName {
        @Override
        public Schema lookUp(SchemaRegistryClient registry) {
            return registry.byId(id);
        }

        @Override
        public String toString() {
            return "schema id " + id;
        }
    }

    record Guid(UUID guid) implements SchemaName {
        @Override
        public Schema lookUp(SchemaRegistryClient registry) {
            return registry.byGuid(guid);
        }

        @Override
        public String toString() {
            return "schema GUID " + guid;
        }
    }

    /** Which schema a record was written with, and where its body starts. */
    record Frame(SchemaName schema, int bodyStart) {}

    /** Name of the header that may hold the schema's id or GUID. */
    static String headerName(boolean isKey) {
        return isKey ? "__key_schema_id" : "__value_schema_id";
    }

    static byte[] prefix(int id) {
        return ByteBuffer.allocate(PREFIX_LENGTH).put(ID).putInt(id).array();
    }

    /** @throws MalformedRecordException if neither header nor prefix names a schema */
    static Frame parse(Headers headers, byte[] data, boolean isKey) {
        Header header = headers.lastHeader(headerName(isKey));
        if (header != null && header.value() != null) {
            return new Frame(parseHeader(header), 0);
        }
        if (data.length < PREFIX_LENGTH) {
            throw new MalformedRecordException(
                    data.length + " bytes are too few for Confluent's wire format (magic byte and schema id)");
        }
        if (data[0] != ID) {
            throw new MalformedRecordException(
                    "The first byte is " + data[0] + " where Confluent's wire format has the magic byte 0");
        }
        return new Frame(new Id(ByteBuffer.wrap(data).getInt(1)), PREFIX_LENGTH);
    }

    private static SchemaName parseHeader(Header header) {
        ByteBuffer value = ByteBuffer.wrap(header.value());
        if (value.limit() == GUID_LENGTH && value.get(0) == GUID) {
            return new Guid(new UUID(value.getLong(1), value.getLong(1 + Long.BYTES)));
        }
        if (value.limit() == PREFIX_LENGTH && value.get(0) == ID) {
            return new Id(value.getInt(1));
        }
        throw new MalformedRecordException("The header " + header.key() + " holds " + value.limit()
                + " bytes that are neither magic byte 1 and a GUID nor magic byte 0 and a schema id");
    }
}
