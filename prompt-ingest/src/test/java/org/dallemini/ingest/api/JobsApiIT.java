package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dallemini.ingest.PromptIngest;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.Servers;
import org.dallemini.ingest.api.Http.Reply;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.Role;
import org.dallemini.stage.Health.State;
import org.dallemini.stage.RunningStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two whole processes of the prompt ingest with a real broker and a real registry. */
class JobsApiIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private static Http client(List<RunningStage> process, String key) {
        return process.stream()
                .filter(ApiServer.class::isInstance)
                .map(stage -> new Http(((ApiServer) stage).port(), key))
                .findFirst()
                .orElseThrow();
    }

    private static Reply awaitState(Http http, String job, String state) {
        return await().atMost(TIMEOUT)
                .until(
                        () -> http.get("/v1/jobs/" + job),
                        reply -> reply.body().path("state").asText().equals(state));
    }

    private static List<String> listed(Http http, String path) {
        return http.get(path).body().path("jobs").findValuesAsText("id");
    }

    /** In words; returns when the job knows of it. */
    private static String retry(Http http) {
        Reply reply = http.send(http.request("/v1/jobs/k/retry").POST(BodyPublishers.noBody()));
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(202);
        return "replayed %s, before %s, given up %s"
                .formatted(
                        reply.body().path("replayed"),
                        reply.body().path("replayedBefore"),
                        reply.body().path("givenUp"));
    }

    @Test
    void shouldTakeJobsAndTellOfThemFromEitherProcess() throws IOException {
        String submitter = ApiKey.draw(new SecureRandom());
        String reader = ApiKey.draw(new SecureRandom());
        Path keys = dir.resolve("keys");
        KeysFile.write(
                keys,
                List.of(
                        ApiKey.of("submitter", Set.of(Role.SUBMIT), submitter),
                        ApiKey.of("reader", Set.of(Role.READ), reader)));
        try (Servers servers = Servers.start(dir)) {
            Map<String, String> settings = servers.settings("");
            settings.put("api.port", "0");
            settings.put("api.keys.file", keys.toString());
            PromptIngestConfig config = new PromptIngestConfig(settings);
            Servers.createTopicsAndSchemas(config.stage());
            List<RunningStage> first = PromptIngest.startAll(config, new SimpleMeterRegistry());
            List<RunningStage> second = PromptIngest.startAll(config, new SimpleMeterRegistry());
            try {
                // When
                String body = "{\"id\":\"j\",\"labels\":{\"campaign\":\"spring\"},"
                        + "\"prompts\":[\"a cat\",{\"text\":\"a dog\",\"count\":2,\"id\":\"dog\"}]}";
                Reply accepted = client(first, submitter).post("/v1/jobs", body);
                assertThat(accepted.status()).as(accepted.body().toString()).isEqualTo(202);

                // Then
                Http other = client(second, reader);
                Reply pending = await().atMost(TIMEOUT)
                        .until(
                                () -> other.get("/v1/jobs/j"),
                                reply -> reply.body().path("requested").asInt() == 3);
                assertThat(pending.body().path("state").asText()).isEqualTo("pending");
                await().atMost(TIMEOUT).untilAsserted(() -> assertThat(listed(other, "/v1/jobs?label=campaign:spring"))
                        .containsExactly("j"));
                assertThat(other.post("/v1/jobs", body).status()).isEqualTo(403);

                // And: again is the same job, other content is not taken
                assertThat(client(second, submitter).post("/v1/jobs", body).status())
                        .isEqualTo(202);
                assertThat(client(second, submitter)
                                .post("/v1/jobs", body.replace("cat", "cow"))
                                .status())
                        .isEqualTo(409);

                // And: a prompt that only the intake can refuse fails its job
                client(first, submitter)
                        .post("/v1/jobs", "{\"id\":\"k\",\"prompts\":[{\"text\":\"x\",\"id\":\"dog\"}]}");
                Reply failed = awaitState(other, "k", "failed");
                assertThat(failed.body().path("failures").path(0).path("code").asText())
                        .isEqualTo("id-reused");
                assertThat(awaitState(client(first, reader), "k", "failed").body())
                        .isEqualTo(failed.body());

                // And: the newest is the first in the list of either process
                for (List<RunningStage> process : List.of(first, second)) {
                    await().atMost(TIMEOUT).untilAsserted(() -> assertThat(listed(client(process, reader), "/v1/jobs"))
                            .containsExactly("k", "j"));
                }

                // And: it is tried again from either process, each letter once, until it has failed three times
                assertThat(retry(client(second, submitter))).isEqualTo("replayed 1, before 0, given up 0");
                awaitState(other, "k", "failed");
                assertThat(retry(client(first, submitter))).isEqualTo("replayed 1, before 1, given up 0");
                awaitState(other, "k", "failed");
                assertThat(retry(client(second, submitter))).isEqualTo("replayed 0, before 2, given up 1");
            } finally {
                first.forEach(RunningStage::close);
                second.forEach(RunningStage::close);
            }
            assertThat(first).allMatch(stage -> stage.health().state() == State.STOPPED);
        }
    }
}
