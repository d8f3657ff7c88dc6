package org.dallemini.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.deadletters.DeadLetterLab;
import org.dallemini.deadletters.DeadLetterLab.Bench;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.events.PromptRequest;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.ErrorCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dlq} on a broker and a registry, by its command line. */
class DlqCommandIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static DeadLetterLab lab;
    private static EmbeddedSchemaRegistry registry;

    @BeforeAll
    static void start() {
        lab = new DeadLetterLab(folder);
        registry = EmbeddedSchemaRegistry.start(lab.bootstrapServers(), 0);
    }

    @AfterAll
    static void stop() {
        registry.close();
        lab.close();
    }

    private static InProcess dlq(Bench bench, String... arguments) {
        var all = new ArrayList<>(List.of("dlq"));
        all.addAll(List.of(arguments));
        all.addAll(List.of(
                "--bootstrap-server",
                lab.bootstrapServers(),
                "--schema-registry-url",
                registry.url(),
                "--command-property",
                "topic.prefix=" + bench.topics.prefix()));
        return InProcess.run(folder, all.toArray(String[]::new));
    }

    private static byte[] prompt(Bench bench, String text) {
        try (Serializer<PromptRequest> serializer = EventSerdes.serializer(
                Map.of("schema.registry.url", registry.url(), "auto.register.schemas", "true"))) {
            return serializer.serialize(
                    bench.topics.prompts(),
                    PromptRequest.newBuilder().setText(text).build());
        }
    }

    @Test
    void shouldListWhatIsMeant() throws Exception {
        try (Bench bench = lab.bench("list.")) {
            // Given
            bench.setAside(bench.topics.prompts(), "a", ErrorCode.TEXT_TOO_LONG, new byte[3], 1);
            bench.setAside(bench.topics.images(), "a/1", ErrorCode.INVALID_RECORD, new byte[3], 1);
            bench.setAside(bench.topics.prompts(), "b\u001b[2J", ErrorCode.INVALID_ID, null, 2);

            // When
            InProcess all = dlq(bench, "ls");
            InProcess some = dlq(
                    bench, "ls", "--code", "invalid-record", "--code", "text-too-long", "--id", "a", "--since", "1h");
            InProcess older = dlq(bench, "ls", "--before", "1h");
            InProcess newest = dlq(bench, "ls", "--limit", "1", "--output", "json");
            InProcess topic = dlq(bench, "ls", "--topic", "images");

            // Then
            assertThat(all.exitCode()).as(all.err()).isZero();
            assertThat(all.out().lines()).hasSize(3);
            assertThat(all.out().lines().findFirst().orElseThrow())
                    .matches("list\\.prompts\\.dlq +0:0 +[0-9TZ:-]{20} a +text-too-long +1 some-stage +No a");
            assertThat(all.out()).as("no escape sequence").doesNotContain("\u001b");
            assertThat(all.lastWords()).isEqualTo("3 dead letters: 1 invalid-id, 1 invalid-record, 1 text-too-long");
            assertThat(some.out().lines()).hasSize(2);
            assertThat(older.out()).isEmpty();
            assertThat(older.lastWords()).isEqualTo("0 dead letters");
            JsonNode letter = JSON.readTree(newest.out());
            assertThat(letter.get("offset").asLong()).isEqualTo(1);
            assertThat(letter.get("attempts").asInt()).isEqualTo(2);
            assertThat(letter.get("code").asText()).isEqualTo("invalid-id");
            assertThat(letter.get("replayed").asBoolean()).isFalse();
            assertThat(topic.out().lines()).singleElement().asString().contains("a/1");
        }
    }

    @Test
    void shouldTellCanceledImagesFromDeadOnes() {
        try (Bench bench = lab.bench("canceled.")) {
            // Given
            bench.setAside(bench.topics.imageRequests(), "a/0", ErrorCode.CANCELED, new byte[3], 1);
            bench.setAside(bench.topics.imageRequests(), "a/1", ErrorCode.CANCELED, new byte[3], 1);
            bench.setAside(bench.topics.imageRequests(), "b/0", ErrorCode.INVALID_PREFIX, new byte[3], 1);

            // When
            InProcess usual = dlq(bench, "list");
            InProcess all = dlq(bench, "ls", "--canceled");
            InProcess named = dlq(bench, "ls", "--code", "canceled");

            // Then
            assertThat(usual.out().lines()).singleElement().asString().contains("b/0");
            assertThat(usual.lastWords())
                    .isEqualTo("1 dead letter: 1 invalid-prefix; 2 of canceled jobs left out (--canceled)");
            assertThat(all.out().lines()).hasSize(3);
            assertThat(all.lastWords()).isEqualTo("3 dead letters: 2 canceled, 1 invalid-prefix");
            assertThat(named.out().lines()).hasSize(2).allMatch(line -> line.contains("canceled"));

            // When
            InProcess replayed = dlq(bench, "replay", "--yes");
            assertThat(bench.keys(bench.topics.imageRequests())).containsExactly("b/0");
            InProcess canceled = dlq(bench, "replay", "--canceled", "--yes");

            // Then
            assertThat(replayed.lastWords()).isEqualTo("1 replayed; 2 of canceled jobs left out (--canceled)");
            assertThat(canceled.lastWords()).isEqualTo("2 replayed, 1 replayed before");
            assertThat(bench.keys(bench.topics.imageRequests())).containsExactlyInAnyOrder("a/0", "a/1", "b/0");

            // When, Then: a purge means them
            assertThat(dlq(bench, "purge", "--yes").lastWords()).isEqualTo("3 deleted");
        }
    }

    @Test
    void shouldShowWhatCanBeDecodedAndWhatCannot() throws Exception {
        try (Bench bench = lab.bench("show.")) {
            // Given
            byte[] value = prompt(bench, "a red circle");
            Path raw = folder.resolve("raw");
            bench.setAside(bench.topics.prompts(), "a", ErrorCode.TEXT_TOO_LONG, value, 1);
            bench.setAside(bench.topics.prompts(), "b", ErrorCode.UNDECODABLE_RECORD, "rubbish".getBytes(UTF_8), 1);
            bench.setAside(bench.topics.prompts(), "c", ErrorCode.UNDECODABLE_RECORD, null, 1);

            // When
            InProcess readable = dlq(bench, "show", "prompts", "0:0", "--raw", raw.toString());
            InProcess unreadable = dlq(bench, "show", "show.prompts.dlq", "0:1");
            InProcess empty = dlq(bench, "show", "prompts.dlq", "0:2", "--output", "json");
            InProcess missing = dlq(bench, "show", "prompts", "0:3");

            // Then
            assertThat(readable.exitCode()).as(readable.err()).isZero();
            assertThat(readable.out())
                    .containsSubsequence(
                            "code", "text-too-long", "message", "No a", "mine", "org.dallemini.events.PromptRequest")
                    .contains("\"text\" : \"a red circle\"", "stack trace", "java.lang.Error: deep", "DeadLetterLab");
            assertThat(Files.readAllBytes(raw)).isEqualTo(value);
            assertThat(unreadable.out()).contains("7 bytes that cannot be decoded", "72 75 62", "rubbish");
            assertThat(JSON.readTree(empty.out()).get("value").isNull()).isTrue();
            assertThat(JSON.readTree(empty.out())
                            .get("headers")
                            .get(0)
                            .get("key")
                            .asText())
                    .isEqualTo("mine");
            assertThat(missing.exitCode()).isEqualTo(ExitCode.FAILURE);
            assertThat(missing.err()).contains("no dead letter at show.prompts.dlq 0:3");
        }
    }

    @Test
    void shouldReplayAndPurgeOnlyWhenToldTo() {
        try (Bench bench = lab.bench("replay.")) {
            // Given
            bench.setAside(bench.topics.prompts(), "a", ErrorCode.TEXT_TOO_LONG, new byte[3], 1);
            bench.setAside(bench.topics.prompts(), "b", ErrorCode.TEXT_TOO_LONG, new byte[3], 3);
            bench.setAside(bench.topics.prompts(), "c", ErrorCode.INVALID_ID, new byte[3], 1);

            // When
            InProcess asked = dlq(bench, "replay", "--code", "text-too-long");

            // Then
            assertThat(asked.lastWords())
                    .isEqualTo(
                            "1 would be replayed, 1 given up after 3 attempts or more (--max-attempts); --yes does it");
            assertThat(asked.out()).containsSubsequence("to-replay", "0:0", "a", "given-up", "0:1", "b", "3 times");
            assertThat(bench.keys(bench.topics.prompts())).isEmpty();

            // When
            InProcess done = dlq(bench, "replay", "--code", "text-too-long", "--max-attempts", "4", "--yes");
            InProcess again = dlq(bench, "replay", "--max-attempts", "4", "--yes", "--output", "json");
            InProcess listed = dlq(bench, "ls");

            // Then
            assertThat(done.exitCode()).as(done.err()).isZero();
            assertThat(done.lastWords()).isEqualTo("2 replayed");
            assertThat(again.lastWords()).isEqualTo("1 replayed, 2 replayed before");
            assertThat(again.out().lines().map(line -> line.replaceAll(".*\"fate\":\"([^\"]*)\".*", "$1")))
                    .containsExactly("replayed-before", "replayed-before", "replayed");
            assertThat(bench.keys(bench.topics.prompts())).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(listed.out().lines()).hasSize(3).allMatch(line -> line.contains("(replayed) "));

            // When
            bench.setAside(bench.topics.prompts(), "d", ErrorCode.INVALID_ID, new byte[3], 1);
            InProcess purgeAsked = dlq(bench, "purge", "--replayed");
            assertThat(bench.keys("replay.prompts.dlq")).hasSize(4);
            InProcess purged = dlq(bench, "purge", "--replayed", "--yes");

            // Then
            assertThat(purgeAsked.lastWords()).isEqualTo("3 would be deleted; --yes does it");
            assertThat(purged.lastWords()).isEqualTo("3 deleted");
            assertThat(purged.out().lines().findFirst().orElseThrow().split("\\s+"))
                    .containsExactly("replay.prompts.dlq", "0", "3", "0", "1");
            assertThat(bench.keys("replay.prompts.dlq")).containsExactly("d");
        }
    }

    @Test
    void shouldSayWhatIsWrongWithItsOptions() {
        try (Bench bench = lab.bench("wrong.")) {
            assertThat(dlq(bench, "ls", "--code", "too-long")).satisfies(run -> {
                assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
                assertThat(run.err()).contains("'too-long'", "text-too-long");
            });
            assertThat(dlq(bench, "ls", "--topic", "stored-images")).satisfies(run -> {
                assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
                assertThat(run.err()).contains("'stored-images'", "wrong.prompts.dlq");
            });
            assertThat(dlq(bench, "purge", "--before", "tomorrow")).satisfies(run -> {
                assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
                assertThat(run.err()).contains("--before", "'tomorrow'");
            });
            assertThat(dlq(bench, "show", "prompts", "12").exitCode()).isEqualTo(ExitCode.USAGE);
        }
        InProcess noStack = InProcess.run(folder, "dlq", "ls", "--data-dir", folder.toString());
        assertThat(noStack.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(noStack.err()).contains("No stack runs on " + folder);
    }
}
