package org.dallemini.ingest.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.ingest.jobs.Jobs.ImagePage;
import org.dallemini.ingest.jobs.JobsUnavailableException;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.dallemini.schemas.Ids;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the API does with the images of jobs, without HTTP. */
public final class ImageResource {
    private static final Logger LOG = LoggerFactory.getLogger(ImageResource.class);

    /** More than any image has that fits into a record. */
    private static final int MOST_BYTES = 16 << 20;

    private static final Set<String> PARAMETERS = Set.of("limit", "cursor");

    private final Jobs jobs;
    private final Optional<ObjectStore> store;

    /** @param store where the images lie; empty if this process cannot read them */
    public ImageResource(Jobs jobs, Optional<ObjectStore> store) {
        this.jobs = jobs;
        this.store = store;
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
            return jobs.images(jobId, cursor, limit);
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

    public StoredImage find(String jobId, String imageId) throws RefusedRequestException {
        try {
            return (Ids.isValid(jobId) && isImageId(imageId)
                            ? jobs.image(jobId, imageId)
                            : Optional.<StoredImage>empty())
                    .orElseThrow(() -> new RefusedRequestException(Problem.of(
                            404,
                            "unknown-image",
                            "The job has no such image, or it is not stored yet: the job's status tells.")));
        } catch (JobsUnavailableException e) {
            throw JobResource.unavailable();
        }
    }

    /** The object as it lies in the bucket. */
    public byte[] content(StoredImage image) throws RefusedRequestException {
        ObjectStore bucket = store.filter(one -> one.bucket().equals(image.getBucket()))
                .orElseThrow(() -> new RefusedRequestException(Problem.of(
                        501,
                        "no-bucket",
                        "The image lies in the bucket " + image.getBucket()
                                + ", which this process has no keys for: set s3.* as for the storage sink, or read "
                                + image.getKey() + " there.")));
        try (InputStream in = bucket.get(image.getKey())) {
            return in.readNBytes(MOST_BYTES);
        } catch (ObjectStoreException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                throw new RefusedRequestException(Problem.of(
                        410, "deleted-image", "The object " + image.getKey() + " has been deleted from the bucket."));
            }
            throw unreadable(image, e);
        } catch (IOException e) {
            throw unreadable(image, e);
        }
    }

    private static RefusedRequestException unreadable(StoredImage image, IOException e) {
        LOG.warn("Cannot read {}: {}", image.getKey(), e.getMessage());
        return new RefusedRequestException(Problem.of(
                503,
                "not-available",
                "The object store does not give the image at present: ask again in some seconds."));
    }
}
