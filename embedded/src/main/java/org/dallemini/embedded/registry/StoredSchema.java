package org.dallemini.embedded.registry;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * One version of a subject.
 *
 * @param version counts from 1 in the subject
 * @param id counts from 1 in the registry; equal schemas share it
 * @param schema compared by {@link #text()}, to which documentation belongs
 */
record StoredSchema(String subject, int version, int id, Schema schema) {

    /** @throws RegistryError if the text is no Avro schema */
    @SuppressWarnings("deprecation") // its successor has no word for "this text and nothing else"
    static Schema parse(String text) {
        try {
            return new Schema.Parser().parse(text);
        } catch (AvroRuntimeException e) {
            throw RegistryError.invalidSchema(String.valueOf(e.getMessage()));
        }
    }

    /** As Avro prints it, so that white space and the like make no difference. */
    String text() {
        return schema.toString();
    }

    /** Names the schema across registries; derived from its text. */
    UUID guid() {
        return UUID.nameUUIDFromBytes(text().getBytes(StandardCharsets.UTF_8));
    }
}
