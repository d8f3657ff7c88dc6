package org.dallemini.ingest.webhooks;

import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.WallclockTimestampExtractor;
import org.apache.kafka.streams.state.Stores;
import org.dallemini.ingest.streams.JsonSerde;
import org.dallemini.schemas.Topics;

/**
 * The graph of the webhooks:
 *
 * <pre>
 * stored-images, job-images, jobs ──► deliveries (pending, ended) ── what nobody took ──► webhooks.dlq
 *                                         ▲ │
 *                                outcomes │ ▼ what is due
 *                                        sender
 * </pre>
 */
final class WebhookTopology {
    private WebhookTopology() {}

    /** @param sender shared by all tasks, as is the reader */
    static Topology build(Topics topics, EventReader reader, Sender sender, MeterRegistry meters) {
        Serde<byte[]> bytes = Serdes.ByteArray();
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(DeliveryProcessor.PENDING),
                Serdes.String(),
                JsonSerde.of(Delivery.class)));
        builder.addStateStore(Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(DeliveryProcessor.ENDED), Serdes.String(), Serdes.String()));
        RetrySchedule schedule = new RetrySchedule(new SecureRandom());
        builder.stream(
                        List.of(topics.storedImages(), topics.jobImages(), topics.jobs()),
                        Consumed.with(bytes, bytes)
                                .withName("events")
                                .withTimestampExtractor(new WallclockTimestampExtractor())
                                .withOffsetResetPolicy(AutoOffsetReset.earliest()))
                .process(
                        () -> new DeliveryProcessor(topics, reader, sender, schedule, meters),
                        Named.as("deliveries"),
                        DeliveryProcessor.PENDING,
                        DeliveryProcessor.ENDED)
                .to(topics.webhookDeadLetters(), Produced.with(bytes, bytes).withName("dead-letters"));
        return builder.build();
    }
}
