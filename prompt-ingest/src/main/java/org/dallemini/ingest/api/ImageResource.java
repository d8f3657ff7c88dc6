package org.dallemini.ingest.api;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.StoredImage;
import org.dallemini.events.StoredRendition;
import org.dallemini.ingest.gallery.Favourites;
import org.dallemini.ingest.gallery.RecentImages;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.ingest.jobs.Jobs.ImagePage;
import org.dallemini.ingest.jobs.JobsUnavailableException;
import org.dallemini.ingest.json.ImageJson;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.dallemini.objects.PresignedUrls;
import org.dallemini.schemas.Ids;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Failures;
import org.dallemini.stage.deletions.Deletions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the API does with the images of jobs, without HTTP. */
public final class ImageResource {
    private static final Logger log = LoggerFactory.getLogger(ImageResource.class);

    /** More than any file of an image has. */
    private static final int MAX_BYTES = 64 << 20;

    /** As long as those of OpenAI. */
    private static final int URL_MINUTES = 60;

    private static final Set<String> PARAMETERS = Set.of("limit", "cursor");

    private final Jobs jobs;
    private final Optional<ObjectStore> store;
    private final Optional<PresignedUrls> urls;
    private final ImageDeletions deletions;
    private final Favourites favourites;
    private final InstantSource clock;

    /**
     * @param jobs whose images they are
     * @param store where the images lie; empty if this process cannot read them
     * @param urls sign addresses of the images; empty if clients cannot reach the bucket
     * @param deletions which images are shown no more
     * @param favourites which images somebody has marked
     */
    public ImageResource(
            Jobs jobs,
            Optional<ObjectStore> store,
            Optional<PresignedUrls> urls,
            ImageDeletions deletions,
            Favourites favourites,
            InstantSource clock) {
        this.jobs = jobs;
        this.store = store;
        this.urls = urls;
        this.deletions = deletions;
        this.favourites = favourites;
        this.clock = clock;
    }

    /**
     * An address at which whoever has it can read the image for {@value #URL_MINUTES} minutes; empty if there is none.
     */
    public Optional<String> url(StoredImage image) {
        return url(image, image.getKey());
    }

    /** The same of the file that was asked for: the rendition, if there is one. */
    public Optional<String> wantedUrl(StoredImage image) {
        return url(image, wantedKey(image));
    }

    private Optional<String> url(StoredImage image, String key) {
        return urls.filter(any -> bucketOf(image).isPresent())
                .map(any -> any.get(image.getBucket(), key, Duration.ofMinutes(URL_MINUTES)));
    }

    private static String wantedKey(StoredImage image) {
        StoredRendition rendition = image.getRendition();
        return rendition == null ? image.getKey() : rendition.getKey();
    }

    /** Empty if this process cannot read it. */
    private Optional<ObjectStore> bucketOf(StoredImage image) {
        return store.filter(one -> one.bucket().equals(image.getBucket()));
    }

    /** An image as it is written in answers. */
    public Map<String, Object> json(StoredImage image) {
        Map<String, Object> fields = ImageJson.image(image);
        url(image).ifPresent(url -> fields.put("url", url));
        return fields;
    }

    /** The same for somebody: whether it is a favourite is different for each. */
    Map<String, Object> json(StoredImage image, Caller caller) {
        Map<String, Object> fields = json(image);
        fields.put(
                "favourite",
                favourites.contains(caller.name(), image.getRequest().getImageId()));
        return fields;
    }

    /** @throws RefusedRequestException if this process has no bucket to read images from */
    public void requireStore() throws RefusedRequestException {
        if (store.isEmpty()) {
            throw new RefusedRequestException(Problem.of(
                    501,
                    "no-bucket",
                    "This process has no keys for the bucket of the images: set s3.* as for the storage sink."));
        }
    }

    /** @param parameters of the query, each with all of its values */
    ImagePage list(String jobId, Map<String, List<String>> parameters) throws RefusedRequestException {
        Query query = new Query(parameters, PARAMETERS);
        String cursor = query.single("cursor");
        if (cursor != null && !isImageId(cursor)) {
            throw Query.refuse("cursor is not one that a list has ended with.");
        }
        int limit = query.limit();
        try {
            if (!Ids.isValid(jobId) || jobs.find(jobId).isEmpty()) {
                throw JobResource.unknownJob();
            }
            return jobs.images(jobId, cursor, limit, imageId -> !isDeleted(imageId));
        } catch (JobsUnavailableException e) {
            throw JobResource.unavailable();
        }
    }

    private static boolean isImageId(String text) {
        int slash = text.lastIndexOf('/');
        return slash > 0
                && Ids.isValid(text.substring(0, slash))
                && text.substring(slash + 1).matches("\\d{1,5}");
    }

    /** Whether somebody has deleted the image, as far as this process has heard. */
    boolean isDeleted(String imageId) {
        return deletions.contains(imageId);
    }

    public StoredImage find(String jobId, String imageId) throws RefusedRequestException {
        if (Ids.isValid(jobId) && isDeleted(imageId)) {
            throw new RefusedRequestException(Problem.of(
                    410,
                    "deleted-image",
                    "The image was deleted; the same prompt under another id draws one like it."));
        }
        return stored(jobId, imageId)
                .orElseThrow(() ->
                        unknownImage("The job has no such image, or it is not stored yet: the job's status tells."));
    }

    private static RefusedRequestException unknownImage(String detail) {
        return new RefusedRequestException(Problem.of(404, "unknown-image", detail));
    }

    private Optional<StoredImage> stored(String jobId, String imageId) throws RefusedRequestException {
        try {
            return Ids.isValid(jobId) && isImageId(imageId)
                    ? jobs.image(jobId, imageId).or(() -> favourites.find(jobId, imageId))
                    : Optional.empty();
        } catch (JobsUnavailableException e) {
            throw JobResource.unavailable();
        }
    }

    /**
     * Deletes an image that is stored, or that the image filter has refused; returns once that is safe. Once more does
     * no harm.
     *
     * @param jobIds one of them is the image's job
     * @param by who asks; null if that is not known
     */
    void delete(List<String> jobIds, String imageId, @Nullable String by) throws RefusedRequestException {
        for (String jobId : jobIds) {
            Optional<StoredImage> image = stored(jobId, imageId);
            if (image.isPresent()) {
                delete(Deletions.of(image.get(), clock.instant(), by, null));
                return;
            }
            if (isRefused(jobId, imageId)) {
                delete(Deletions.ofRefused(imageId, jobId, clock.instant(), by, null));
                return;
            }
        }
        if (!isDeleted(imageId) || jobIds.stream().noneMatch(Ids::isValid)) {
            throw unknownImage("No such image is stored, or its job is to be named: DELETE"
                    + " /v1/jobs/JOB/images/PROMPT/INDEX. One that is still to be drawn is not drawn if its job is"
                    + " canceled.");
        }
    }

    /** Whether the job's status has it among its failures. */
    private boolean isRefused(String jobId, String imageId) throws RefusedRequestException {
        try {
            return isImageId(imageId)
                    && Ids.isValid(jobId)
                    && jobs.find(jobId).stream()
                            .flatMap(job -> job.getFailures().stream())
                            .anyMatch(failure -> failure.getSubject().equals(imageId)
                                    && failure.getCode().equals(ErrorCode.CONTENT_POLICY.code()));
        } catch (JobsUnavailableException e) {
            throw JobResource.unavailable();
        }
    }

    private void delete(ImageDeletion deletion) throws RefusedRequestException {
        try {
            deletions.add(deletion);
        } catch (KafkaException e) {
            throw notPublished("the deletion", deletion.getImageId(), e);
        }
    }

    private static RefusedRequestException notPublished(String what, String imageId, KafkaException e) {
        log.warn("{} of {} was not published: {}", what, imageId, Failures.describe(e));
        return new RefusedRequestException(Problem.of(
                503,
                "not-available",
                "Kafka or the schema registry does not take " + what + " at present: send it again in some seconds."));
    }

    /** The favourites of somebody, of whatever job, forgotten ones too. */
    RecentImages favouritesOf(Caller caller) throws RefusedRequestException {
        if (!favourites.isComplete()) {
            throw notRead("favourites");
        }
        return favourites.of(caller.name());
    }

    static RefusedRequestException notRead(String what) {
        return new RefusedRequestException(Problem.of(
                503,
                "not-available",
                "The " + what + " of earlier are still being read from Kafka: ask again in some seconds."));
    }

    /** Makes an image a favourite of somebody, or no favourite any more; returns once that is safe. */
    void mark(Caller caller, String jobId, String imageId, boolean isFavourite) throws RefusedRequestException {
        boolean isOne = favouritesOf(caller).find(imageId).isPresent();
        if (!isOne || isFavourite) {
            StoredImage image = find(jobId, imageId);
            if (isFavourite && !mark(caller, image)) {
                throw new RefusedRequestException(Problem.of(
                        409,
                        "too-many-favourites",
                        "There are " + Favourites.MOST + " favourites, and there may be no more: take some back."));
            }
            return;
        }
        try {
            favourites.unmark(caller.name(), imageId);
        } catch (KafkaException e) {
            throw notPublished("the mark", imageId, e);
        }
    }

    private boolean mark(Caller caller, StoredImage image) throws RefusedRequestException {
        try {
            return favourites.mark(caller.name(), image);
        } catch (KafkaException e) {
            throw notPublished("the mark", image.getRequest().getImageId(), e);
        }
    }

    /** The object as it lies in the bucket. */
    public byte[] content(StoredImage image) throws RefusedRequestException {
        return content(image, image.getKey());
    }

    /** The same of the file that was asked for: the rendition, if there is one. */
    public byte[] wantedContent(StoredImage image) throws RefusedRequestException {
        return content(image, wantedKey(image));
    }

    private byte[] content(StoredImage image, String key) throws RefusedRequestException {
        ObjectStore bucket = bucketOf(image)
                .orElseThrow(() -> new RefusedRequestException(Problem.of(
                        501,
                        "no-bucket",
                        "The image lies in the bucket " + image.getBucket()
                                + ", which this process has no keys for: set s3.* as for the storage sink, or read "
                                + key + " there.")));
        try (InputStream in = bucket.get(key)) {
            return in.readNBytes(MAX_BYTES);
        } catch (ObjectStoreException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                throw new RefusedRequestException(
                        Problem.of(410, "deleted-image", "The object " + key + " has been deleted from the bucket."));
            }
            throw unreadable(key, e);
        } catch (IOException e) {
            throw unreadable(key, e);
        }
    }

    private static RefusedRequestException unreadable(String key, IOException e) {
        log.warn("Cannot read {}: {}", key, e.getMessage());
        return new RefusedRequestException(Problem.of(
                503,
                "not-available",
                "The object store does not give the image at present: ask again in some seconds."));
    }
}
