package org.dallemini.ingest.streams;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.kstream.Consumed;

/** Topics whose records are read as bytes, from their beginning. */
public final class RawRecords {
    private RawRecords() {}

    /** @param name of the source in its topology */
    public static Consumed<byte[], byte[]> consumed(String name) {
        // Records of very old clients have no timestamp, which would stop Kafka Streams.
        return Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                .withName(name)
                .withTimestampExtractor((record, partitionTime) ->
                        record.timestamp() >= 0 ? record.timestamp() : System.currentTimeMillis())
                .withOffsetResetPolicy(AutoOffsetReset.earliest());
    }
}
