package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dallemini.ingest.jobs.Records.NOW;

import java.net.http.HttpRequest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.errors.TimeoutException;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.JobFailure;
import org.dallemini.events.JobState;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.api.Http.Reply;
import org.dallemini.ingest.gallery.FakeJournal;
import org.dallemini.ingest.gallery.FullGallery;
import org.dallemini.ingest.gallery.RecentImages;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.Route;
import org.dallemini.ingest.http.RoutingHandler;
import org.dallemini.ingest.jobs.FakeJobs;
import org.dallemini.ingest.jobs.NewestJobs;
import org.dallemini.ingest.jobs.Records;
import org.dallemini.ingest.webhooks.WebhookRules;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.prompt.testing.Filters;
import org.dallemini.renditions.Renditions;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deleting over HTTP, without Kafka behind it. */
class DeletionRoutesTest {
    private final FakeJobs jobs = new FakeJobs();
    private final RecentImages recent = FullGallery.of(100);
    private final List<String> commands = new ArrayList<>();
    private final List<ImageDeletion> published = new ArrayList<>();
    private final Set<String> deleted = new HashSet<>();
    private final FakeJournal journal = new FakeJournal();
    private boolean isKafkaAway;
    private ApiServer server;
    private Http http;

    private final class Deletions implements ImageDeletions {
        @Override
        public boolean contains(String imageId) {
            return deleted.contains(imageId);
        }

        @Override
        public void add(ImageDeletion deletion) {
            if (isKafkaAway) {
                throw new TimeoutException("away");
            }
            published.add(deletion);
            deleted.add(deletion.getImageId());
        }
    }

    @BeforeEach
    void start() {
        TrustedEvents.allow();
        AcceptedJobs accepted = new AcceptedJobs(jobs, InstantSource.fixed(NOW));
        JobResource resource = new JobResource(
                new SubmissionParser(
                        (caller, prompt) ->
                                new PromptValidator(PromptLimits.DEFAULT, Filters.shipped()).validateContent(prompt),
                        1000,
                        10,
                        () -> "drawn",
                        WebhookRules.NONE),
                nobody(),
                accepted,
                new NewestJobs(jobs),
                AdmissionTest.ofAll(),
                InstantSource.fixed(NOW));
        ImageResource images = new ImageResource(
                accepted,
                Optional.empty(),
                Optional.empty(),
                new Deletions(),
                journal.favourites(),
                InstantSource.fixed(NOW));
        JobControl control = new JobControl(
                resource,
                (jobId, action, by) -> commands.add(jobId + " " + action + " " + by),
                job -> new JobRetries.Retried(0, 0, 0, 0, true),
                InstantSource.fixed(NOW));
        List<Route> routes = new ArrayList<>(
                JobRoutes.of(resource, images, new LiveRenditions(Renditions.builtIn()), job -> Optional.empty()));
        routes.addAll(DeletionRoutes.of(control, images, recent));
        routes.add(new GalleryResource(recent, jobs, images).route());
        server = ApiServer.listen(
                "127.0.0.1", 0, new RoutingHandler(routes, new LoopbackAccess(), 1000), () -> {}, () -> {});
        http = new Http(server.port(), null);
    }

    private static JobPublisher nobody() {
        return new JobPublisher() {
            @Override
            public void publish(Submission submission) {}

            @Override
            public void close() {}
        };
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply delete(String path) {
        return http.send(http.request(path).DELETE());
    }

    private int deleteImage(String path) {
        HttpRequest.Builder request = http.request(path).DELETE();
        return http.send(request).status();
    }

    private StoredImage draw(String jobId, String promptId, int index) {
        ImageRequest request = Records.request(jobId, promptId, index, 4);
        StoredImage image = Records.stored(request);
        jobs.put(image);
        recent.add(image);
        return image;
    }

    private void know(String id, JobState state) {
        jobs.put(Records.job(id, state, 1, NOW).build());
    }

    @Test
    void shouldDeleteAnImageAndShowItNoMore() {
        // Given
        know("j", JobState.COMPLETED);
        draw("j", "p", 0);
        draw("j", "p", 1);

        // When
        int status = deleteImage("/v1/jobs/j/images/p/0");

        // Then
        assertThat(status).isEqualTo(204);
        assertThat(published).singleElement().satisfies(deletion -> {
            assertThat(deletion.getImageId()).isEqualTo("p/0");
            assertThat(deletion.getJobId()).isEqualTo("j");
            assertThat(deletion.getBucket()).isEqualTo("images");
            assertThat(deletion.getKeys()).containsExactly("p/0.png");
            assertThat(deletion.getDeletedAt()).isEqualTo(NOW);
        });
        Reply gone = http.get("/v1/jobs/j/images/p/0");
        assertThat(gone.status()).isEqualTo(410);
        assertThat(gone.code()).isEqualTo("deleted-image");
        assertThat(http.get("/v1/jobs/j/images").body().findValuesAsText("id")).containsExactly("p/1");
        assertThat(http.get("/v1/images").body().findValuesAsText("id")).containsExactly("p/1");
        assertThat(deleteImage("/v1/jobs/j/images/p/0")).isEqualTo(204);

        // And: no job can have this id
        assertThat(http.get("/v1/jobs/j%20/images/p/0").status()).isEqualTo(404);
        assertThat(delete("/v1/jobs/j%20/images/p/0").status()).isEqualTo(404);
    }

    @Test
    void shouldDeleteAnImageWithoutBeingToldItsJob() {
        // Given: one of the gallery, one of a prompt without a job, one that the API named after its job
        draw("some-job", "a", 0);
        jobs.put(Records.stored(Records.request("b", "b", 1, 4)));
        jobs.put(Records.stored(Records.request("c", "c.12", 2, 4)));
        jobs.put(Records.stored(Records.request("hidden", "d", 0, 4)));

        // When, Then
        assertThat(deleteImage("/v1/images/a/0")).isEqualTo(204);
        assertThat(deleteImage("/v1/images/b/1")).isEqualTo(204);
        assertThat(deleteImage("/v1/images/c.12/2")).isEqualTo(204);
        assertThat(published).extracting(ImageDeletion::getJobId).containsExactly("some-job", "b", "c");
        Reply unknown = delete("/v1/images/d/0");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.code()).isEqualTo("unknown-image");
    }

    @Test
    void shouldDeleteAnImageThatTheFilterRefused() {
        // Given
        jobs.put(Records.job("p", JobState.FAILED, 2, NOW)
                .setFailures(List.of(
                        new JobFailure("p/0", "content-policy", "image-decoder", "refused"),
                        new JobFailure("p/1", "model-failure", "image-decoder", "broken")))
                .build());

        // When, Then
        assertThat(deleteImage("/v1/images/p/1")).isEqualTo(404);
        assertThat(deleteImage("/v1/images/p/0")).isEqualTo(204);
        assertThat(published).singleElement().satisfies(deletion -> {
            assertThat(deletion.getImageId()).isEqualTo("p/0");
            assertThat(deletion.getJobId()).isEqualTo("p");
            assertThat(deletion.getKeys()).isEmpty();
        });
        assertThat(http.get("/v1/jobs/p/images/p/0").code()).isEqualTo("deleted-image");
    }

    @Test
    void shouldNotSayThatAnImageIsDeletedWhereKafkaIsAway() {
        // Given
        draw("j", "p", 0);
        isKafkaAway = true;

        // When
        Reply reply = delete("/v1/jobs/j/images/p/0");

        // Then
        assertThat(reply.status()).isEqualTo(503);
        assertThat(http.get("/v1/jobs/j/images/p/0").status()).isEqualTo(200);
    }

    @Test
    void shouldDeleteAJobOnceItHasEnded() {
        // Given
        know("running", JobState.RUNNING);
        know("ended", JobState.FAILED);

        // When, Then
        Reply refused = delete("/v1/jobs/running");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("job-running");
        Reply accepted = delete("/v1/jobs/ended");
        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.body().path("id").asText()).isEqualTo("ended");
        assertThat(commands).containsExactly("ended DELETE null");
        assertThat(http.get("/v1/jobs/ended").status()).isEqualTo(404);
        assertThat(http.get("/v1/jobs/ended/images").status()).isEqualTo(404);
        assertThat(delete("/v1/jobs/unknown").status()).isEqualTo(404);
    }
}
