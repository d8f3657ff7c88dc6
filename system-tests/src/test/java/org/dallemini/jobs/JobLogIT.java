package org.dallemini.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.deadletters.DeadLetterLab;
import org.dallemini.deadletters.DeadLetterLab.Bench;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topic of jobs on a real broker. */
class JobLogIT {
    @TempDir
    private Path folder;

    private DeadLetterLab lab;
    private EmbeddedSchemaRegistry registry;
    private Bench bench;
    private StageConfig config;
    private Admin admin;
    private KafkaProducer<String, byte[]> producer;
    private Serializer<JobStatus> serializer;

    @BeforeEach
    void start() {
        lab = new DeadLetterLab(folder);
        registry = EmbeddedSchemaRegistry.start(lab.bootstrapServers(), 0);
        bench = lab.bench("log.");
        Map<String, String> settings = new HashMap<>();
        bench.config.originals().forEach((name, value) -> settings.put(name, String.valueOf(value)));
        settings.put(StageConfig.SCHEMA_REGISTRY_URL, registry.url());
        settings.put("auto.register.schemas", "true");
        config = new StageConfig(StageConfig.definition(), settings);
        admin = Admin.create(config.admin());
        producer = new KafkaProducer<>(config.producer(), new StringSerializer(), new ByteArraySerializer());
        serializer = EventSerdes.serializer(config.serde());
    }

    @AfterEach
    void stop() {
        serializer.close();
        producer.close();
        admin.close();
        bench.close();
        registry.close();
        lab.close();
    }

    private static JobStatus status(String id, JobState state, int stored) {
        return JobStatus.newBuilder()
                .setJobId(id)
                .setState(state)
                .setRequested(10)
                .setStored(stored)
                .setSubmittedAt(Instant.EPOCH)
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }

    private void write(JobStatus job) {
        String topic = config.topics().jobs();
        producer.send(new ProducerRecord<>(topic, job.getJobId(), serializer.serialize(topic, job)));
    }

    @Test
    void shouldFindTheLastStatusHoweverFarBackItLies() {
        // Given
        write(status("old", JobState.PENDING, 0));
        write(status("old", JobState.COMPLETED, 10));
        write(status("gone", JobState.COMPLETED, 10));
        producer.send(new ProducerRecord<>(config.topics().jobs(), "gone", null));
        producer.send(new ProducerRecord<>(config.topics().jobs(), "foreign", "rubbish".getBytes(UTF_8)));
        for (int i = 0; i < 12_000; i++) {
            write(status("busy", JobState.RUNNING, i % 10));
        }
        write(status("busy", JobState.RUNNING, 9));
        producer.flush();

        try (JobLog jobs = JobLog.open(config, admin)) {
            // Then
            assertThat(jobs.find("old").orElseThrow().getState()).isEqualTo(JobState.COMPLETED);
            assertThat(jobs.find("busy").orElseThrow().getStored()).isEqualTo(9);
            assertThat(jobs.find("gone")).isEmpty();
            assertThat(jobs.find("foreign")).isEmpty();
            assertThat(jobs.find("nothing")).isEmpty();
            assertThat(jobs.list(job -> true)).extracting(JobStatus::getJobId).containsExactlyInAnyOrder("old", "busy");
            assertThat(jobs.list(job -> job.getState() == JobState.RUNNING)).hasSize(1);
        }
    }

    @Test
    void shouldFollowAJobFromBeforeItIsKnownToItsEnd() {
        List<Integer> heard = new ArrayList<>();
        var step = new AtomicInteger();
        try (JobLog jobs = JobLog.open(config, admin)) {
            // When: each time it is told of news, the next step is taken
            JobStatus last = jobs.follow(
                            "job",
                            job -> {
                                int known = job == null ? -1 : job.getStored();
                                if (heard.isEmpty() || heard.get(heard.size() - 1) != known) {
                                    heard.add(known);
                                    write(status("other", JobState.COMPLETED, 10));
                                    int stored = step.getAndAdd(5);
                                    write(status("job", stored == 10 ? JobState.COMPLETED : JobState.RUNNING, stored));
                                    producer.flush();
                                }
                            },
                            () -> false)
                    .orElseThrow();

            // Then
            assertThat(heard).containsExactly(-1, 0, 5, 10);
            assertThat(last.getState()).isEqualTo(JobState.COMPLETED);
            assertThat(jobs.follow("nothing", job -> {}, () -> true)).isEmpty();
        }
    }
}
