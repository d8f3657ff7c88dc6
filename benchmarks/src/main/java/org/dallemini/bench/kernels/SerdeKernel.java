package org.dallemini.bench.kernels;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.bench.common.Events;
import org.dallemini.serde.EventSerdes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A record to bytes of Kafka and back, the schema known already. An image has 100 kB. */
public class SerdeKernel extends Kernel {
    private static final String TOPIC = "any";

    @Param({"ImageRequest", "ImageTokens", "GeneratedImage"})
    private String type = "ImageRequest";

    private final CannedRegistry registry = open();
    private final Map<String, String> settings = Map.of("schema.registry.url", registry.url());
    private final Serializer<SpecificRecord> serializer = EventSerdes.serializer(settings);
    private SpecificRecord record = Events.imageRequest();
    private Deserializer<? extends SpecificRecord> deserializer =
            EventSerdes.deserializer(Events.imageRequest().getClass(), settings);
    private byte[] bytes = {};

    private static CannedRegistry open() {
        try {
            return new CannedRegistry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Setup
    public void prepare() {
        record = switch (type) {
            case "ImageRequest" -> Events.imageRequest();
            case "ImageTokens" -> Events.imageTokens();
            case "GeneratedImage" -> Events.generatedImage();
            default -> throw new IllegalArgumentException(type);
        };
        deserializer = EventSerdes.deserializer(record.getClass(), settings);
        bytes = write();
    }

    @Benchmark
    public byte[] write() {
        return serializer.serialize(TOPIC, record);
    }

    @Benchmark
    public SpecificRecord read() {
        return deserializer.deserialize(TOPIC, bytes);
    }

    @TearDown
    public void close() {
        registry.close();
    }
}
