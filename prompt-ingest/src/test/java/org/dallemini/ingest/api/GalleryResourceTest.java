package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.api.Http.Reply;
import org.dallemini.ingest.gallery.FullGallery;
import org.dallemini.ingest.gallery.RecentImages;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.Route;
import org.dallemini.ingest.http.RoutingHandler;
import org.dallemini.ingest.jobs.FakeJobs;
import org.dallemini.ingest.jobs.Records;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The gallery over HTTP, without Kafka behind it. */
class GalleryResourceTest {
    private final FakeJobs jobs = new FakeJobs();
    private final RecentImages recent = FullGallery.of(100);
    private ApiServer server;
    private Http http;

    @BeforeEach
    void start() {
        TrustedEvents.allow();
        server = serve(recent);
        http = new Http(server.port(), null);
    }

    private ApiServer serve(RecentImages images) {
        List<Route> routes =
                List.of(new GalleryResource(images, jobs, Images.of(jobs, Optional.empty(), Optional.empty())).route());
        return ApiServer.listen(
                "127.0.0.1", 0, new RoutingHandler(routes, new LoopbackAccess(), 1000), () -> {}, () -> {});
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private StoredImage draw(int index, String text, Map<String, String> labels) {
        StoredImage image = Records.stored(
                ImageRequest.newBuilder(Records.request("j", "p", index, 10))
                        .setText(text)
                        .setLabels(labels)
                        .build(),
                Instant.ofEpochMilli(index));
        jobs.put(image);
        recent.add(image);
        return image;
    }

    private String found(String query) {
        Reply reply = http.get("/v1/images" + query);
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
        return reply.body().path("images").findValuesAsText("id").toString();
    }

    @Test
    void shouldFindImagesByTextAndLabels() {
        // Given
        draw(0, "a RED circle", Map.of("campaign", "spring", "by", "me:1"));
        draw(1, "a green square\non Red", Map.of("campaign", "spring"));
        draw(2, "ein grüner Kreis", Map.of());

        // When, Then
        assertThat(found("")).isEqualTo("[p/2, p/1, p/0]");
        assertThat(found("?text=red")).isEqualTo("[p/1, p/0]");
        assertThat(found("?text=%20square++RED")).isEqualTo("[p/1]");
        assertThat(found("?text=GR%C3%9CN")).isEqualTo("[p/2]");
        assertThat(found("?text=blue")).isEqualTo("[]");
        assertThat(found("?label=campaign:spring")).isEqualTo("[p/1, p/0]");
        assertThat(found("?label=campaign:spring&label=by:me:1")).isEqualTo("[p/0]");
        assertThat(found("?label=campaign:spring&label=campaign:autumn")).isEqualTo("[]");
        assertThat(found("?label=campaign:spring&text=circle")).isEqualTo("[p/0]");
    }

    @Test
    void shouldGiveThemByPages() {
        // Given
        for (int i = 0; i < 3; i++) {
            draw(i, "a red circle", Map.of());
        }

        // When
        Reply first = http.get("/v1/images?limit=2");
        Reply second = http.get(
                "/v1/images?limit=2&cursor=" + first.body().path("next").asText());

        // Then
        assertThat(first.body().path("images").findValuesAsText("id")).containsExactly("p/2", "p/1");
        assertThat(first.body().path("images").path(0).path("content").asText())
                .isEqualTo("/v1/jobs/j/images/p/2/content");
        assertThat(second.body().path("images").findValuesAsText("id")).containsExactly("p/0");
        assertThat(second.body().path("next").isNull()).isTrue();
    }

    @Test
    void shouldNotShowWhatHasBeenForgotten() {
        // Given
        draw(0, "a red circle", Map.of());
        recent.add(Records.stored(Records.request("forgotten", "q", 0, 1)));

        // When, Then
        assertThat(found("")).isEqualTo("[p/0]");
    }

    @Test
    void shouldRefuseWhatIsNoQuestionOfItsKind() {
        assertThat(http.get("/v1/images?prompt=x").code()).isEqualTo("unknown-parameter");
        assertThat(http.get("/v1/images?text=a&text=b").code()).isEqualTo("invalid-parameter");
        assertThat(http.get("/v1/images?label=spring").code()).isEqualTo("invalid-parameter");
        assertThat(http.get("/v1/images?cursor=p/0").code()).isEqualTo("invalid-parameter");
        assertThat(http.get("/v1/images?limit=201").code()).isEqualTo("invalid-parameter");
    }

    @Test
    void shouldSayThatItCannotTellYet() {
        // Given
        ApiServer loading = serve(new RecentImages(10));
        try {
            // When, Then
            Reply early = new Http(loading.port(), null).get("/v1/images");
            assertThat(early.status()).isEqualTo(503);
            assertThat(early.code()).isEqualTo("not-available");
        } finally {
            loading.close();
        }
        draw(0, "a red circle", Map.of());
        jobs.isAway(true);
        assertThat(http.get("/v1/images").status()).isEqualTo(503);
    }
}
