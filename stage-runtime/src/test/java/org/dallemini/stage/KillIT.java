package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.dallemini.events.ImageRequest;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.Lab.Bench;
import org.dallemini.stage.config.StageConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of a stage, killed over and over in the middle of their work. */
class KillIT {
    private static final int RECORDS = 300;
    private static final int KILLS = 6;

    @TempDir
    Path dir;

    private final Random random = new Random(4);

    @Test
    @Timeout(300)
    void shouldGiveEveryResultExactlyOnceHoweverOftenProcessesAreKilled() throws Exception {
        try (Lab lab = new Lab(dir);
                Bench bench = lab.bench("kill").createTopics().registerSchemas()) {
            // Given
            bench.publish(bench.topics.imageRequests(), "urgent", 0, RECORDS / 2, "a cat");
            bench.publish(bench.topics.bulkImageRequests(), "bulk", 0, RECORDS / 2, "a cat");
            var processes = new ArrayList<>(List.of(start(bench), start(bench)));
            int kills = 0;
            int seen = 0;
            try (KafkaConsumer<byte[], byte[]> results = bench.reader(bench.topics.imageTokens())) {
                // When: a kill at some moment after each twentieth or so of the results
                while (seen < RECORDS) {
                    int next = seen + RECORDS / 20 + random.nextInt(RECORDS / 20);
                    while (seen < Math.min(next, RECORDS)) {
                        seen += results.poll(Duration.ofMillis(random.nextInt(1, 50)))
                                .count();
                    }
                    if (kills < KILLS) {
                        Process victim = processes.remove(random.nextInt(2));
                        victim.destroyForcibly().waitFor();
                        processes.add(start(bench));
                        kills++;
                    }
                }
            } finally {
                for (Process process : processes) {
                    process.destroyForcibly().waitFor();
                }
            }

            // Then
            assertThat(kills).isEqualTo(KILLS);
            var expected = new ArrayList<>(Lab.ids("urgent", RECORDS / 2));
            expected.addAll(Lab.ids("bulk", RECORDS / 2));
            assertThat(bench.results(RECORDS)).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(bench.read(Topics.deadLetters(bench.topics.imageRequests()), 0))
                    .isEmpty();
        }
    }

    static Process start(Bench bench) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dtest.log.level=ERROR",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        bench.settings.forEach((name, value) -> command.add(name + "=" + value));
        return new ProcessBuilder(command).inheritIO().start();
    }

    /** A stage in a process of its own; takes its settings as arguments. */
    static final class Main {
        private Main() {}

        public static void main(String[] args) throws InterruptedException {
            Map<String, String> settings = new HashMap<>();
            for (String arg : args) {
                settings.put(arg.substring(0, arg.indexOf('=')), arg.substring(arg.indexOf('=') + 1));
            }
            var config = new StageConfig(StageConfig.definition(), settings);
            var definition = new StageDefinition<>(
                    "token-generator",
                    List.of(
                            new StageInput(config.topics().imageRequests()),
                            new StageInput(config.topics().bulkImageRequests())),
                    ImageRequest.class,
                    config.topics().imageTokens(),
                    tokens -> tokens.getRequest().getImageId(),
                    new StepEngine(4, 50, Duration.ofMillis(5)));
            try (RunningStage stage = Stage.start(config, definition, new SimpleMeterRegistry())) {
                while (!stage.awaitTermination(Duration.ofHours(1))) {}
            }
        }
    }
}
