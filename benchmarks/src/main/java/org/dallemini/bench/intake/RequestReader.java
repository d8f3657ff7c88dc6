package org.dallemini.bench.intake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.bench.common.NewRecords;
import org.dallemini.events.JobStatus;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;

/** Reads committed image requests of the bulk lane, whose bytes it does not look at, and statuses of jobs. */
final class RequestReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Topics topics;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Deserializer<JobStatus> statuses;

    /**
     * @param seconds from the first request to the last
     * @param trackedSeconds from the first request to the status that counts all
     */
    record Seen(double seconds, double trackedSeconds) {}

    /** @param settings addresses, as of a stage */
    RequestReader(Map<String, String> settings) {
        var config = new StageConfig(StageConfig.definition(), settings);
        topics = config.topics();
        statuses = EventSerdes.deserializer(JobStatus.class, config.serde());
        consumer = NewRecords.of(config, List.of(topics.bulkImageRequests(), topics.jobs()));
    }

    /**
     * Reads on until a job's requests are there and its status counts them.
     *
     * @param images of the job; there is no other
     * @throws IOException if they do not come in time
     */
    Seen await(String job, int images, Duration longest) throws IOException {
        long deadline = System.nanoTime() + longest.toNanos();
        long first = Long.MAX_VALUE;
        long last = 0;
        long tracked = 0;
        for (int count = 0; count < images || tracked == 0; ) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException(count + " of " + images + " image requests within " + longest.toMinutes()
                        + " minutes, " + (tracked == 0 ? "job not complete" : "job complete"));
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.topic().equals(topics.bulkImageRequests())) {
                    count++;
                    first = Math.min(first, record.timestamp());
                    last = Math.max(last, record.timestamp());
                } else if (new String(record.key(), StandardCharsets.UTF_8).equals(job)
                        && statuses.deserialize(record.topic(), record.value()).getRequested() >= images) {
                    tracked = record.timestamp();
                }
            }
        }
        return new Seen((last - first) / 1e3, (tracked - first) / 1e3);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
