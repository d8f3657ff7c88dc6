package org.dallemini.ingest.api;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.dallemini.events.StoredRendition;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Call;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.http.Role;
import org.dallemini.ingest.http.Route;
import org.dallemini.ingest.jobs.QueueWatch.Estimate;
import org.dallemini.ingest.json.ImageJson;
import org.dallemini.ingest.json.JobJson;
import org.dallemini.renditions.Rendition;
import org.dallemini.schemas.Hashes;

/** Jobs over HTTP. */
public final class JobRoutes {
    private static final String JOBS = "/v1/jobs";
    static final String JOB = JOBS + "/{id}";
    private static final String IMAGES = JOB + "/images";
    static final String IMAGE = IMAGES + "/{prompt}/{index}";

    private static final int TAG_BYTES = 16;

    private final JobResource jobs;
    private final ImageResource images;
    private final LiveRenditions renditions;
    private final Function<JobStatus, Optional<Estimate>> queue;

    private JobRoutes(
            JobResource jobs,
            ImageResource images,
            LiveRenditions renditions,
            Function<JobStatus, Optional<Estimate>> queue) {
        this.jobs = jobs;
        this.images = images;
        this.renditions = renditions;
        this.queue = queue;
    }

    /** @param queue estimates when a job is drawn */
    public static List<Route> of(
            JobResource jobs,
            ImageResource images,
            LiveRenditions renditions,
            Function<JobStatus, Optional<Estimate>> queue) {
        JobRoutes routes = new JobRoutes(jobs, images, renditions, queue);
        return List.of(
                new Route("GET", JOBS, Role.READ, routes::list),
                new Route("POST", JOBS, Role.SUBMIT, routes::submit),
                new Route("GET", JOB, Role.READ, call -> Answer.json(200, routes.job(jobs.find(call.variable("id"))))),
                new Route("GET", IMAGES, Role.READ, routes::listImages),
                new Route(
                        "GET",
                        IMAGE,
                        Role.READ,
                        call -> Answer.json(200, images.json(routes.image(call), call.caller()))),
                new Route("GET", IMAGE + "/content", Role.READ, routes::content),
                new Route("GET", IMAGE + "/rendition", Role.READ, routes::rendition));
    }

    private Map<String, Object> job(JobStatus job) {
        return JobJson.job(job, queue.apply(job));
    }

    private Answer list(Call call) throws RefusedRequestException {
        var page = jobs.list(call.parameters());
        return Answer.json(200, JobJson.page(page.jobs().stream().map(this::job).toList(), page.next()));
    }

    private Answer listImages(Call call) throws RefusedRequestException {
        return Answer.json(
                200,
                ImageJson.page(
                        images.list(call.variable("id"), call.parameters()),
                        image -> images.json(image, call.caller())));
    }

    private StoredImage image(Call call) throws RefusedRequestException {
        return images.find(call.variable("id"), call.variable("prompt") + "/" + call.variable("index"));
    }

    /** An image never changes: who has it need not ask again. */
    private Answer content(Call call) throws RefusedRequestException {
        StoredImage image = image(call);
        Optional<Rendition> wanted = renditions.wanted(call.parameters(), image);
        if (wanted.isEmpty()) {
            return file(call, image.getContentType(), image.getSha256(), () -> images.content(image));
        }
        Rendition rendition = wanted.get();
        String tag = Hashes.hex(image.getSha256() + " " + rendition + " " + renditions.version(), TAG_BYTES);
        return file(call, rendition.format().contentType(), tag, () -> renditions
                .make(images.content(image), rendition)
                .content());
    }

    private Answer rendition(Call call) throws RefusedRequestException {
        StoredImage image = image(call);
        StoredRendition rendition = image.getRendition();
        if (rendition == null) {
            throw new RefusedRequestException(Problem.of(
                    404,
                    "unknown-image",
                    "Nothing was asked for beside this image: its content can be had in any size, with ?size=."));
        }
        return file(call, rendition.getContentType(), rendition.getSha256(), () -> images.wantedContent(image));
    }

    private interface Content {
        byte[] get() throws RefusedRequestException;
    }

    private static Answer file(Call call, String contentType, String hash, Content content)
            throws RefusedRequestException {
        String tag = "\"" + hash + "\"";
        Map<String, String> headers = Map.of("ETag", tag, "Cache-Control", "private, max-age=31536000, immutable");
        return tag.equals(call.header("If-None-Match"))
                ? Answer.bytes(304, contentType, new byte[0], headers)
                : Answer.bytes(200, contentType, content.get(), headers);
    }

    private Answer submit(Call call) throws RefusedRequestException, IOException {
        Submission submission = jobs.submit(call.caller(), call.json(), IdempotencyKey.jobId(call));
        return Answer.json(
                202,
                AnswerJson.accepted(submission, jobs.stateOf(submission)),
                Map.of("Location", JOBS + "/" + submission.jobId()));
    }
}
