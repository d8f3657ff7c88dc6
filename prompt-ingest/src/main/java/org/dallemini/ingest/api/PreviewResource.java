package org.dallemini.ingest.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.dallemini.events.ImagePreview;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Call;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.http.Role;
import org.dallemini.ingest.http.Route;
import org.dallemini.ingest.previews.PreviewPictures;
import org.dallemini.ingest.previews.PreviewPictures.RefusedPictureException;
import org.dallemini.ingest.previews.Previews;
import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Images that are being drawn, over HTTP. */
public final class PreviewResource {
    private static final Logger log = LoggerFactory.getLogger(PreviewResource.class);

    private final Previews previews;
    private final PreviewPictures pictures;

    public PreviewResource(Previews previews, PreviewPictures pictures) {
        this.previews = previews;
        this.pictures = pictures;
    }

    public Route route() {
        return new Route("GET", JobRoutes.IMAGE + "/preview", Role.READ, this::picture);
    }

    /** What a client is told of an image that is being drawn. */
    static Map<String, Object> json(ImagePreview preview) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", preview.getImageId());
        fields.put("job", preview.getJobId());
        fields.put("prompt", preview.getPromptId());
        fields.put("tokensDrawn", preview.getTokens().remaining() / Short.BYTES);
        fields.put("rows", preview.getRows());
        fields.put("columns", preview.getColumns());
        fields.put("content", "/v1/jobs/" + preview.getJobId() + "/images/" + preview.getImageId() + "/preview");
        return fields;
    }

    /** Written when a decoder has made it; no thread waits. */
    private Answer picture(Call call) throws RefusedRequestException {
        String imageId = call.variable("prompt") + "/" + call.variable("index");
        ImagePreview preview = previews.find(call.variable("id"), imageId)
                .orElseThrow(() -> new RefusedRequestException(Problem.of(
                        404,
                        "unknown-preview",
                        "There is no preview of this image: it is not being drawn, or is stored by now, or previews are"
                                + " off here.")));
        return (response, callback) -> pictures.of(preview)
                .whenComplete((png, failure) -> answer(png, failure).write(response, callback));
    }

    private static Answer answer(byte @Nullable [] png, @Nullable Throwable failure) {
        if (png != null) {
            return Answer.bytes(200, "image/png", png, Map.of("Cache-Control", "no-store"));
        }
        log.debug("A preview could not be made", failure);
        if (failure instanceof CompletionException wrapped && wrapped.getCause() instanceof RefusedPictureException) {
            return Answer.problem(Problem.of(
                    403,
                    ErrorCode.CONTENT_POLICY.code(),
                    "The image filter refuses this picture: there will be no image of it either, unless the next rows"
                            + " change that."));
        }
        return Answer.problem(
                Problem.of(503, "not-available", "No image decoder has time for a preview at present: ask again soon.")
                        .with("Retry-After", "1"));
    }
}
