package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.internal.AbstractRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.junit.jupiter.api.RepeatedTest;

class RecordEncoderTest {
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
        int ours = RecordEncoder.size(new ProducerRecord<>("t", null, key, value, headers));

        // Then
        int theirs = AbstractRecords.estimateSizeInBytesUpperBound(
                RecordBatch.CURRENT_MAGIC_VALUE, Compression.NONE.type(), key, value, headers.toArray());
        assertThat(ours).isBetween(theirs, theirs + 100);
    }
}
