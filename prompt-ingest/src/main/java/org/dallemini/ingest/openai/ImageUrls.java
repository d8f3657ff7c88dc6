package org.dallemini.ingest.openai;

import org.dallemini.events.StoredImage;
import org.dallemini.ingest.api.ImageResource;
import org.dallemini.ingest.http.Call;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.json.ImageJson;

/** Addresses of images that can be opened without a key. */
@FunctionalInterface
public interface ImageUrls {
    /** @param call that asks for it */
    String of(StoredImage image, Call call) throws RefusedRequestException;

    /** The bucket's, signed. */
    static ImageUrls ofBucket(ImageResource images) {
        return (image, call) -> images.wantedUrl(image)
                .orElseThrow(() -> new RefusedRequestException(Problem.of(
                        501,
                        "no-bucket",
                        "The image lies in the bucket " + image.getBucket()
                                + ", which this process has no keys for.")));
    }

    /** The API's own, under the name by which the caller reached it; for where the API asks for no key. */
    static ImageUrls ofApi() {
        return (image, call) -> "http://" + call.header("Host")
                + (image.getRendition() == null ? ImageJson.contentPath(image) : ImageJson.renditionPath(image));
    }
}
