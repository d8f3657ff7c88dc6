package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.internal.AbstractRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.dallemini.events.ImageTokens;
import org.dallemini.stage.tracing.TraceSpan;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

class OutputEncoderTest {
    private final Random random = new Random(7);

    @RepeatedTest(50)
    void shouldNeverEstimateLessThanTheProducerDoes() {
        // Given
        var headers = new RecordHeaders();
        for (int i = random.nextInt(5); i > 0; i--) {
            headers.add("é".repeat(random.nextInt(300)), i == 2 ? null : new byte[random.nextInt(3000)]);
        }
        byte[] key = random.nextBoolean() ? null : new byte[random.nextInt(300)];
        byte[] value = random.nextBoolean() ? null : new byte[random.nextInt(3_000_000)];

        // When
        int ours = OutputEncoder.size(new ProducerRecord<>("t", null, key, value, headers));

        // Then
        int theirs = AbstractRecords.estimateSizeInBytesUpperBound(
                RecordBatch.CURRENT_MAGIC_VALUE, Compression.NONE.type(), key, value, headers.toArray());
        assertThat(ours).isBetween(theirs, theirs + 100);
    }

    @ParameterizedTest
    @EnumSource
    void shouldWarnOfEveryRefusalButACanceledJob(ErrorCode code) {
        // Given
        var definition = new StageDefinition<ImageTokens, ImageTokens>(
                "stage",
                List.of(),
                ImageTokens.class,
                "out",
                tokens -> "key",
                new TransactionalCommitterTest.NoEngine());
        var encoder = new OutputEncoder<ImageTokens, ImageTokens>(definition, (topic, tokens) -> new byte[0], 10_000);
        var record = new InFlightRecord<ImageTokens, ImageTokens>(
                new ConsumerRecord<>("requests", 0, 7, new byte[] {1}, new byte[] {2}), 0, 0, TraceSpan.NONE);
        record.refuse(code, "no", null);
        var logger = (Logger) LoggerFactory.getLogger(OutputEncoder.class);
        var logged = new ListAppender<ILoggingEvent>();
        logged.start();
        logger.addAppender(logged);

        // When
        encoder.encode(record);

        // Then
        logger.detachAppender(logged);
        assertThat(logged.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .extracting(ILoggingEvent::getLevel)
                .isEqualTo(code == ErrorCode.CANCELED ? List.of() : List.of(Level.WARN));
    }
}
