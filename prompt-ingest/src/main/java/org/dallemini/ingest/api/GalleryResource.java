package org.dallemini.ingest.api;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.gallery.RecentImages;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Call;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.http.Role;
import org.dallemini.ingest.http.Route;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.ingest.jobs.Jobs.ImagePage;
import org.dallemini.ingest.jobs.JobsUnavailableException;
import org.dallemini.ingest.json.ImageJson;
import org.jspecify.annotations.Nullable;

/** The images of all jobs that were stored last. */
public final class GalleryResource {
    private static final Set<String> PARAMETERS = Set.of("text", "label", "limit", "cursor");

    private final RecentImages recent;
    private final Jobs jobs;
    private final ImageResource images;

    /**
     * @param jobs know which images can still be asked for
     * @param images writes each as JSON
     */
    public GalleryResource(RecentImages recent, Jobs jobs, ImageResource images) {
        this.recent = recent;
        this.jobs = jobs;
        this.images = images;
    }

    public Route route() {
        return new Route("GET", "/v1/images", Role.READ, this::answer);
    }

    private Answer answer(Call call) throws RefusedRequestException {
        return Answer.json(200, ImageJson.page(list(call.parameters()), images::json));
    }

    private ImagePage list(Map<String, List<String>> parameters) throws RefusedRequestException {
        Query query = new Query(parameters, PARAMETERS);
        String cursor = query.single("cursor");
        if (cursor != null && !RecentImages.isPlace(cursor)) {
            throw Query.refuse("cursor is not one that a list has ended with.");
        }
        Predicate<String> text = allOf(query.single("text"));
        Predicate<Map<String, String>> labels = query.labels();
        int limit = query.limit();
        if (!recent.isComplete()) {
            throw new RefusedRequestException(Problem.of(
                    503,
                    "not-available",
                    "The images of earlier are still being read from Kafka: ask again in some seconds."));
        }
        try {
            return recent.newest(
                    image -> text.test(image.getRequest().getText())
                            && labels.test(image.getRequest().getLabels())
                            && isKnown(image),
                    cursor,
                    limit);
        } catch (JobsUnavailableException e) {
            throw JobResource.unavailable();
        }
    }

    /** Neither has it been deleted nor its job forgotten, so that it can be shown. */
    private boolean isKnown(StoredImage image) {
        String imageId = image.getRequest().getImageId();
        return !images.isDeleted(imageId)
                && jobs.image(image.getRequest().getJobId(), imageId).isPresent();
    }

    /** Whether a text has all of these words, or words that they are parts of. */
    private static Predicate<String> allOf(@Nullable String words) {
        List<String> wanted =
                words == null ? List.of() : List.of(folded(words).trim().split("\\s+"));
        return text -> {
            String folded = folded(text);
            return wanted.stream().allMatch(folded::contains);
        };
    }

    private static String folded(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
