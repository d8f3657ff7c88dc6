package org.dallemini.ingest.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dallemini.ingest.jobs.Records.request;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.dallemini.ingest.streams.RegistryRetry;
import org.dallemini.schemas.Topics;
import org.junit.jupiter.api.Test;

class JobUpdateProcessorTest {
    private static final Topics TOPICS = new Topics("t.");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private static Record<byte[], byte[]> asked() {
        return new Record<>("p/0".getBytes(UTF_8), PlainAvro.bytes(request("j", "p", 0, 1)), 5, new RecordHeaders());
    }

    private JobUpdateProcessor processor(JobUpdateReader.Deserializers deserializers) {
        return new JobUpdateProcessor(new JobUpdateReader(TOPICS, deserializers, new RegistryRetry()), meters);
    }

    private static MockProcessorContext<String, JobUpdate> context(MockProcessorContext<String, JobUpdate> context) {
        context.setRecordMetadata(TOPICS.imageRequests(), 0, 7);
        context.setCurrentSystemTimeMs(11);
        return context;
    }

    @Test
    void shouldNotTakeAFailureOnTheWayOnForOneOfTheRecord() {
        // Given
        var full = new MockProcessorContext<String, JobUpdate>() {
            @Override
            public <K extends String, V extends JobUpdate> void forward(Record<K, V> record) {
                throw new IllegalStateException("the next one fails");
            }
        };
        JobUpdateProcessor processor = processor(new PlainAvro());
        processor.init(context(full));

        // When, Then
        assertThatThrownBy(() -> processor.process(asked())).hasMessage("the next one fails");
        assertThat(meters.getMeters()).isEmpty();
    }

    @Test
    void shouldLeaveARecordOutThatItsReaderFailsOn() {
        // Given
        var context = context(new MockProcessorContext<>());
        JobUpdateProcessor processor = processor(new JobUpdateReader.Deserializers() {
            @Override
            public <T extends SpecificRecord> Deserializer<T> of(Class<T> type) {
                return (topic, bytes) -> {
                    throw new IllegalStateException("a mistake of ours");
                };
            }
        });
        processor.init(context);

        // When
        processor.process(asked());

        // Then
        assertThat(context.forwarded()).isEmpty();
        assertThat(meters.get("dallemini.items")
                        .tag("outcome", "no-job")
                        .counter()
                        .count())
                .isEqualTo(1);
    }
}
