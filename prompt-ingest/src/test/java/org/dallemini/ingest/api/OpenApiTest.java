package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.Optional;
import org.dallemini.ingest.Api;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.jobs.FakeJobs;
import org.junit.jupiter.api.Test;

class OpenApiTest {
    @Test
    void shouldNameEveryRouteAndNoOther() {
        try (ApiServer server = Api.start(
                        new PromptIngestConfig(Map.of("api.port", "0")),
                        new FakeJobs(),
                        Optional::empty,
                        new SimpleMeterRegistry())
                .orElseThrow()) {
            assertThat(server.routes())
                    .filteredOn(route -> OpenApiContract.isOfApi(route.path()))
                    .extracting(route -> route.method() + " " + route.path())
                    .containsExactlyInAnyOrderElementsOf(OpenApiContract.operations());
        }
    }

    @Test
    void shouldBeServedToAnybody() {
        try (ApiServer server = Api.start(
                        new PromptIngestConfig(Map.of("api.port", "0")),
                        new FakeJobs(),
                        Optional::empty,
                        new SimpleMeterRegistry())
                .orElseThrow()) {
            assertThat(new Http(server.port(), null)
                            .get("/openapi.json")
                            .body()
                            .path("openapi")
                            .asText())
                    .isEqualTo("3.1.0");
        }
    }
}
