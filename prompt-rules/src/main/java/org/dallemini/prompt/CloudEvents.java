package org.dallemini.prompt;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.dallemini.schemas.Ids;
import org.jspecify.annotations.Nullable;

/**
 * What is understood of a record that is an event in binary mode of the CloudEvents Kafka protocol binding, version
 * 1.0: its id. All of its headers travel on.
 */
public final class CloudEvents {
    private static final String VERSION = "ce_specversion";
    private static final String ID = "ce_id";

    private CloudEvents() {}

    /** The event's id; null if the record is no event, or the id cannot be a prompt's. */
    public static @Nullable String id(Headers headers) {
        Header id = headers.lastHeader(ID);
        if (headers.lastHeader(VERSION) == null || id == null || id.value() == null) {
            return null;
        }
        String text = new String(id.value(), StandardCharsets.UTF_8);
        return Ids.isValid(text) ? text : null;
    }
}
