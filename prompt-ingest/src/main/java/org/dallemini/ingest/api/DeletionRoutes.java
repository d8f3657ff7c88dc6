package org.dallemini.ingest.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.gallery.RecentImages;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Call;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.http.Role;
import org.dallemini.ingest.http.Route;
import org.dallemini.ingest.json.JobJson;
import org.jspecify.annotations.Nullable;

/** Jobs and images are deleted over HTTP. */
public final class DeletionRoutes {
    private final JobControl jobs;
    private final ImageResource images;
    private final RecentImages recent;

    private DeletionRoutes(JobControl jobs, ImageResource images, RecentImages recent) {
        this.jobs = jobs;
        this.images = images;
        this.recent = recent;
    }

    /** @param recent knows the job of an image */
    public static List<Route> of(JobControl jobs, ImageResource images, RecentImages recent) {
        DeletionRoutes routes = new DeletionRoutes(jobs, images, recent);
        return List.of(
                new Route("DELETE", JobRoutes.JOB, Role.SUBMIT, routes::job),
                new Route("DELETE", JobRoutes.IMAGE, Role.SUBMIT, routes::imageOfJob),
                new Route("DELETE", "/v1/images/{prompt}/{index}", Role.SUBMIT, routes::image));
    }

    private Answer job(Call call) throws RefusedRequestException {
        call.refuseForeignPages();
        return Answer.json(202, JobJson.job(jobs.delete(call.variable("id"), who(call.caller()))));
    }

    private Answer imageOfJob(Call call) throws RefusedRequestException {
        call.refuseForeignPages();
        images.delete(List.of(call.variable("id")), imageId(call), who(call.caller()));
        return Answer.nothing(Map.of());
    }

    /** Its job is that of the gallery, or the one that a prompt without a job, or without an id, has. */
    private Answer image(Call call) throws RefusedRequestException {
        call.refuseForeignPages();
        String imageId = imageId(call);
        String prompt = call.variable("prompt");
        Optional<StoredImage> known = recent.find(imageId);
        List<String> jobIds = known.isPresent()
                ? List.of(known.get().getRequest().getJobId())
                : List.of(prompt, prompt.replaceFirst("\\.[^.]*$", ""));
        images.delete(jobIds, imageId, who(call.caller()));
        return Answer.nothing(Map.of());
    }

    private static String imageId(Call call) {
        return call.variable("prompt") + "/" + call.variable("index");
    }

    private static @Nullable String who(Caller caller) {
        return caller.name().isEmpty() ? null : caller.name();
    }
}
