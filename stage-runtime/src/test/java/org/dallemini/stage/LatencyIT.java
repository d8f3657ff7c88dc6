package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.stage.Lab.Bench;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a stage adds to the engine's own time. The limits are loose, for busy machines; the figures are logged. */
class LatencyIT {
    private static final Logger log = LoggerFactory.getLogger(LatencyIT.class);

    private static final int ROUNDS = 100;
    private static final int MANY = 5000;

    @TempDir
    static Path dir;

    private static Lab lab;

    @BeforeAll
    static void startServers() {
        lab = new Lab(dir);
    }

    @AfterAll
    static void stopServers() {
        lab.close();
    }

    @Test
    void shouldPassOneRecordThroughAnIdlePipelineWithinMilliseconds() {
        try (Bench bench = lab.bench("latency").createTopics().registerSchemas()) {
            // Given
            RunningStage stage = bench.startAndAwait(new StepEngine(4, 1, Duration.ZERO));
            String from = bench.topics.imageRequests();
            String to = bench.topics.imageTokens();
            byte[] request = bench.serialized(from, Lab.request("image/0", "a cat"));
            assertThat(stage.health().isReady()).isTrue();

            // When
            double[] direct = new double[ROUNDS];
            double[] through = new double[ROUNDS];
            try (var requests = bench.reader(from);
                    var results = bench.reader(to)) {
                for (int i = -ROUNDS; i < ROUNDS; i++) {
                    assertThat(results.poll(Duration.ofMillis(50))).as("idle").isEmpty();
                    long start = System.nanoTime();
                    bench.publishRaw(from, request, request, new RecordHeaders());
                    while (requests.poll(Duration.ofSeconds(1)).isEmpty()) {}
                    direct[Math.abs(i) % ROUNDS] = (System.nanoTime() - start) / 1e6;
                    while (results.poll(Duration.ofSeconds(1)).isEmpty()) {}
                    through[Math.abs(i) % ROUNDS] = (System.nanoTime() - start) / 1e6;
                }
            }

            // Then
            Arrays.sort(direct);
            Arrays.sort(through);
            double added = through[ROUNDS / 2] - direct[ROUNDS / 2];
            log.warn(
                    "publish to read: p50 {} ms without the stage, {} ms through it; p90 {} and {} ms",
                    direct[ROUNDS / 2],
                    through[ROUNDS / 2],
                    direct[ROUNDS * 9 / 10],
                    through[ROUNDS * 9 / 10]);
            assertThat(added).isLessThan(100);
        }
    }

    @Test
    void shouldPassManyRecordsWithoutHoldingThemUp() {
        try (Bench bench = lab.bench("many").createTopics().registerSchemas()) {
            // Given
            bench.publish(bench.topics.imageRequests(), "warm", 0, 1000, "a cat");
            bench.startAndAwait(new StepEngine(64, 1, Duration.ZERO));
            bench.results(1000);

            // When
            long start = System.nanoTime();
            bench.publish(bench.topics.imageRequests(), "image", 0, MANY, "a cat");
            bench.results(1000 + MANY);
            double perSecond = MANY / ((System.nanoTime() - start) / 1e9);

            // Then
            log.warn("{} records per second through a stage without a model", perSecond);
            assertThat(perSecond).isGreaterThan(20);
        }
    }

    @Test
    void shouldHardlyUseTheProcessorWhenIdle() throws InterruptedException {
        try (Bench bench = lab.bench("idle").createTopics().registerSchemas()) {
            // Given
            RunningStage stage = bench.startAndAwait(new StepEngine(4, 1, Duration.ZERO));
            bench.publish(bench.topics.imageRequests(), "warm", 0, 50, "a cat");
            bench.results(50);

            // When
            long before = cpuNanos();
            assertThat(stage.awaitTermination(Duration.ofSeconds(5))).isFalse();
            double share = (double) (cpuNanos() - before) / TimeUnit.SECONDS.toNanos(5);

            // Then
            log.warn("idle stage: {} % of a core", share * 100);
            assertThat(share).isLessThan(0.1);
        }
    }

    /** Of the stage's own threads: the loop and its Kafka clients. */
    private static long cpuNanos() {
        var threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(info -> info != null
                        && (info.getThreadName().startsWith("stage-")
                                || info.getThreadName().contains("token-generator")))
                .mapToLong(info -> threads.getThreadCpuTime(info.getThreadId()))
                .sum();
    }
}
