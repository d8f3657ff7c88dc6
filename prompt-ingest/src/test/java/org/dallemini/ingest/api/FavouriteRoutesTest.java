package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.api.Http.Reply;
import org.dallemini.ingest.gallery.FakeJournal;
import org.dallemini.ingest.gallery.Favourites;
import org.dallemini.ingest.gallery.FullGallery;
import org.dallemini.ingest.gallery.RecentImages;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.Role;
import org.dallemini.ingest.http.Route;
import org.dallemini.ingest.http.RoutingHandler;
import org.dallemini.ingest.jobs.FakeJobs;
import org.dallemini.ingest.jobs.Records;
import org.dallemini.serde.TrustedEvents;
import org.dallemini.stage.config.FilterMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Favourites over HTTP, of two people with keys. */
class FavouriteRoutesTest {
    private static final String ANN = "dallemini_ann", BOB = "dallemini_bob";

    @TempDir
    private Path folder;

    private final FakeJobs jobs = new FakeJobs();
    private final RecentImages recent = FullGallery.of(100);
    private final FakeJournal journal = new FakeJournal();
    private final Set<String> deleted = new HashSet<>();
    private Favourites favourites = journal.favourites();
    private ApiServer server;

    private final class Deletions implements ImageDeletions {
        @Override
        public boolean contains(String imageId) {
            return deleted.contains(imageId);
        }

        @Override
        public void add(ImageDeletion deletion) {
            deleted.add(deletion.getImageId());
        }
    }

    @BeforeEach
    void start() throws Exception {
        TrustedEvents.allow();
        serve();
    }

    private void serve() throws Exception {
        Path keys = folder.resolve("keys");
        KeysFile.write(
                keys, List.of(ApiKey.of("ann", Set.of(Role.READ), ANN), ApiKey.of("bob", Set.of(Role.SUBMIT), BOB)));
        ImageResource images = new ImageResource(
                jobs, Optional.empty(), Optional.empty(), new Deletions(), favourites, InstantSource.system());
        List<Route> routes = new ArrayList<>(FavouriteRoutes.of(images));
        routes.add(new GalleryResource(recent, jobs, images).route());
        server = ApiServer.listen(
                "127.0.0.1",
                0,
                new RoutingHandler(routes, KeyAccess.of(keys, new FilterModes(FilterMode.REFUSE, false)), 1000),
                () -> {},
                () -> {});
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void draw(String promptId, String text) {
        StoredImage image = Records.stored(ImageRequest.newBuilder(Records.request("j", promptId, 0, 1))
                .setText(text)
                .build());
        jobs.put(image);
        recent.add(image);
    }

    private Reply send(String key, String method, String path) {
        Http http = new Http(server.port(), key);
        return http.send(http.request(path).method(method, BodyPublishers.noBody()));
    }

    private int mark(String key, String method, String image) {
        return send(key, method, "/v1/jobs/j/images/" + image + "/favourite").status();
    }

    private List<String> favouritesOf(String key, String query) {
        Reply reply = send(key, "GET", "/v1/images?favourite=true" + query);
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
        return reply.body().path("images").findValuesAsText("id");
    }

    @Test
    void shouldKeepEachOwnersFavourites() {
        // Given
        draw("a", "a red circle");
        draw("b", "a blue star");

        // When, Then
        assertThat(mark(ANN, "PUT", "a/0")).isEqualTo(204);
        assertThat(mark(ANN, "PUT", "a/0")).isEqualTo(204);
        assertThat(mark(ANN, "PUT", "b/0")).isEqualTo(204);
        assertThat(mark(BOB, "PUT", "b/0")).isEqualTo(204);
        assertThat(journal.images()).containsOnlyKeys("ann/a/0", "ann/b/0", "bob/b/0");
        assertThat(favouritesOf(ANN, "")).containsExactlyInAnyOrder("a/0", "b/0");
        assertThat(favouritesOf(ANN, "&text=circle")).containsExactly("a/0");
        assertThat(favouritesOf(ANN, "&limit=1")).hasSize(1);
        assertThat(favouritesOf(BOB, "")).containsExactly("b/0");
        assertThat(send(BOB, "GET", "/v1/images?text=circle").body().findValuesAsText("favourite"))
                .containsExactly("false");
        assertThat(send(ANN, "GET", "/v1/images?text=circle").body().findValuesAsText("favourite"))
                .containsExactly("true");

        // When, Then
        assertThat(mark(ANN, "DELETE", "b/0")).isEqualTo(204);
        assertThat(mark(ANN, "DELETE", "b/0")).isEqualTo(204);
        assertThat(journal.images()).containsOnlyKeys("ann/a/0", "bob/b/0");
        assertThat(favouritesOf(ANN, "")).containsExactly("a/0");
        assertThat(favouritesOf(BOB, "")).containsExactly("b/0");
    }

    @Test
    void shouldShowAFavouriteWhoseJobIsForgotten() {
        // Given
        draw("a", "a red circle");
        mark(ANN, "PUT", "a/0");

        // When
        jobs.forgetImages();

        // Then
        assertThat(send(ANN, "GET", "/v1/images").body().path("images")).isEmpty();
        assertThat(favouritesOf(ANN, "")).containsExactly("a/0");
        assertThat(mark(BOB, "PUT", "a/0")).isEqualTo(204);
        assertThat(send(BOB, "PUT", "/v1/jobs/other/images/a/0/favourite").status())
                .isEqualTo(404);
    }

    @Test
    void shouldForgetADeletedFavourite() {
        // Given
        draw("a", "a red circle");
        draw("b", "a blue star");
        mark(ANN, "PUT", "a/0");
        mark(ANN, "PUT", "b/0");

        // When
        deleted.add("a/0");
        favourites.whenDeleted("a/0");

        // Then
        assertThat(favouritesOf(ANN, "")).containsExactly("b/0");
        assertThat(journal.images()).containsOnlyKeys("ann/b/0");
        assertThat(mark(ANN, "PUT", "a/0")).isEqualTo(410);
    }

    @Test
    void shouldRefuseWhatItCannotKeep() throws Exception {
        // Given
        draw("a", "a red circle");

        // When, Then
        assertThat(mark(ANN, "PUT", "unknown/0")).isEqualTo(404);
        assertThat(mark(ANN, "DELETE", "unknown/0")).isEqualTo(404);
        assertThat(send(ANN, "GET", "/v1/images?favourite=false").code()).isEqualTo("invalid-parameter");
        journal.isAway(true);
        assertThat(mark(ANN, "PUT", "a/0")).isEqualTo(503);
        assertThat(favouritesOf(ANN, "")).isEmpty();

        // When, Then: a process that has not read them yet
        server.close();
        favourites = new Favourites(journal);
        serve();
        assertThat(send(ANN, "GET", "/v1/images?favourite=true").status()).isEqualTo(503);
        assertThat(mark(ANN, "PUT", "a/0")).isEqualTo(503);
    }

    @Test
    void shouldRefuseMoreThanItKeepsOfAnOwner() {
        // Given
        for (int i = 0; i < Favourites.MOST; i++) {
            favourites.mark("ann", Records.stored(Records.request("j", "many." + i, 0, 1)));
        }
        draw("a", "a red circle");

        // When, Then
        Reply refused = send(ANN, "PUT", "/v1/jobs/j/images/a/0/favourite");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("too-many-favourites");
        assertThat(mark(BOB, "PUT", "a/0")).isEqualTo(204);
    }
}
