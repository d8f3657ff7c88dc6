package org.dallemini.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.dallemini.examples.Example.Ended;
import org.dallemini.stack.EmbeddedStack;
import org.dallemini.stack.StackSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each example as its reader would run it, against the whole pipeline with the shipped model. */
class PublishersIT {
    private static final String TOO_LONG = "x".repeat(3000);

    @TempDir
    static Path folder;

    private static EmbeddedStack stack;

    @BeforeAll
    static void start() throws Exception {
        Map<String, String> settings = Map.of(
                "model",
                Path.of(System.getProperty("dallemini.root"), "models", "shapes")
                        .toString(),
                "model.cache",
                folder.resolve("models").toString());
        stack = EmbeddedStack.start(
                StackSettings.onFreePorts(folder.resolve("stack"), StackSettings.Stages.ALL, settings), phase -> {});
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    private static Map<String, String> servers() {
        return Map.of(
                "BOOTSTRAP_SERVERS", stack.settings().get("bootstrap.servers"),
                "SCHEMA_REGISTRY_URL", stack.settings().get("schema.registry.url"));
    }

    private static void shouldDrawOneAndSayWhyAnotherIsRefused(Example example) throws Exception {
        Ended drawn = example.run();
        assertThat(drawn.code()).as(drawn.err()).isZero();
        assertThat(drawn.out().strip()).matches("images/[0-9a-f-]{36}/0\\.png");
        assertThat(drawn.err()).contains("published ");

        Ended refused = example.run(TOO_LONG);
        assertThat(refused.code()).as(refused.err()).isEqualTo(1);
        assertThat(refused.err()).contains("text-too-long: ");
    }

    @Test
    void shouldPublishFromJava() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        shouldDrawOneAndSayWhyAnotherIsRefused(new Example(
                folder,
                List.of(java, "-cp", System.getProperty("java.class.path"), PublishPrompt.class.getName()),
                servers()));
    }

    @Test
    void shouldPublishFromPython() throws Exception {
        shouldDrawOneAndSayWhyAnotherIsRefused(
                Example.inPython(folder, "requirements.txt", "publish_prompt.py", servers()));
    }

    /** librdkafka's default partitioner is not that of Kafka's Java clients. */
    @Test
    void shouldKnowAnIdWhateverPartitionerAClientHas() throws Exception {
        // Given, When
        Ended ended = Example.inPython(folder, "requirements.txt", "../src/test/python/reused_ids.py", servers())
                .run();

        // Then
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out().strip()).isEqualTo("7 stored, 7 different, 0 not refused, id-reused");
    }

    /** Logical types, nullable fields, other names and formats, by the writers that make them. */
    @Test
    void shouldUnderstandOrRefuseWhatStrangersPublish() throws Exception {
        // Given, When
        Ended ended = Example.inPython(folder, "requirements.txt", "../src/test/python/foreign_prompts.py", servers())
                .run();

        // Then
        assertThat(ended.code()).as(ended.err() + ended.out()).isZero();
        assertThat(ended.out().lines())
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).startsWith("micros-past deadline-exceeded "),
                        line -> assertThat(line).startsWith("micros-future drawn "),
                        line -> assertThat(line)
                                .startsWith("ksql-nulls drawn {\"count\": \"1\", \"lane\": \"INTERACTIVE\""),
                        line -> assertThat(line)
                                .startsWith("ksql-everything drawn ")
                                .contains("\"lane\": \"BULK\"", "{'who': 'ksqlDB'}"),
                        line -> assertThat(line)
                                .startsWith("ksql-no-text undecodable-record ")
                                .contains("field TEXT: it is null and has no default"),
                        line -> assertThat(line).startsWith("ksql-long drawn "),
                        line -> assertThat(line)
                                .startsWith("ksql-too-long undecodable-record ")
                                .contains("field COUNT: 5000000000 does not fit"),
                        line -> assertThat(line)
                                .startsWith("local-time undecodable-record ")
                                .contains("field DEADLINE: ", "local-timestamp-millis"),
                        line -> assertThat(line)
                                .startsWith("structured undecodable-record ")
                                .contains("application/cloudevents+json, this is a CloudEvent in structured mode"),
                        line -> assertThat(line)
                                .startsWith("json undecodable-record ")
                                .contains("it looks like JSON"));
    }

    @Test
    void shouldPublishFromJavaScript() throws Exception {
        Path work = Files.createDirectory(folder.resolve("javascript"));
        for (String name : List.of("package.json", "publish-prompt.js")) {
            Files.copy(Example.sources().resolve("javascript").resolve(name), work.resolve(name));
        }
        Example.require("Confluent's JavaScript client", work, "npm", "install", "--no-fund", "--no-audit");
        shouldDrawOneAndSayWhyAnotherIsRefused(new Example(work, List.of("node", "publish-prompt.js"), servers()));
    }
}
