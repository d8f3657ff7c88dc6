package org.dallemini.ingest.api;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.gallery.RecentImages;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Call;
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
    private static final Set<String> PARAMETERS = Set.of("text", "label", "favourite", "limit", "cursor");

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
        return Answer.json(200, ImageJson.page(list(call), image -> images.json(image, call.caller())));
    }

    private ImagePage list(Call call) throws RefusedRequestException {
        Query query = new Query(call.parameters(), PARAMETERS);
        String cursor = query.single("cursor");
        if (cursor != null && !RecentImages.isPlace(cursor)) {
            throw Query.refuse("cursor is not one that a list has ended with.");
        }
        Predicate<String> text = allOf(query.single("text"));
        Predicate<Map<String, String>> labels = query.labels();
        int limit = query.limit();
        Predicate<StoredImage> fits = image -> text.test(image.getRequest().getText())
                && labels.test(image.getRequest().getLabels());
        if (query.isSet("favourite")) {
            RecentImages favourites = images.favouritesOf(call.caller());
            return favourites.newest(fits.and(image -> !isDeleted(image)), cursor, limit);
        }
        if (!recent.isComplete()) {
            throw ImageResource.notRead("images");
        }
        try {
            return recent.newest(fits.and(this::isKnown), cursor, limit);
        } catch (JobsUnavailableException e) {
            throw JobResource.unavailable();
        }
    }

    /** Neither has it been deleted nor its job forgotten, so that it can be shown. */
    private boolean isKnown(StoredImage image) {
        ImageRequest request = image.getRequest();
        return !isDeleted(image)
                && jobs.image(request.getJobId(), request.getImageId()).isPresent();
    }

    private boolean isDeleted(StoredImage image) {
        return images.isDeleted(image.getRequest().getImageId());
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
