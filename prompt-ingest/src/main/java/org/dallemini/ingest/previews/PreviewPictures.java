package org.dallemini.ingest.previews;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.dallemini.events.ImagePreview;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures of images that are being drawn. An image decoder makes each once, however many ask for it, and only when
 * somebody does. Thread-safe.
 */
public final class PreviewPictures {
    private static final Logger log = LoggerFactory.getLogger(PreviewPictures.class);
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    /** What a decoder answers for a picture that its filter refuses. */
    private static final int REFUSED = 403;

    /** Pictures that are kept, of some hundred kilobytes at most. */
    static final int MAX_PICTURES = 64;

    private final List<URI> decoders;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();
    private final AtomicInteger turn = new AtomicInteger();
    private final Map<ImagePreview, CompletableFuture<byte[]>> pictures =
            new LinkedHashMap<>(MAX_PICTURES, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<ImagePreview, CompletableFuture<byte[]>> eldest) {
                    return size() > MAX_PICTURES;
                }
            };

    /** No decoder made the picture: all are busy, away or of another model. */
    public static final class NoPictureException extends RuntimeException {
        private NoPictureException(String reason) {
            super(reason);
        }
    }

    /** The image filter does not let the picture out. */
    public static final class RefusedPictureException extends RuntimeException {
        private RefusedPictureException(String imageId) {
            super("the image filter refuses the preview of " + imageId);
        }
    }

    /** @param decoders management addresses of image decoders, for example {@code http://127.0.0.1:8090} */
    public PreviewPictures(List<URI> decoders) {
        this.decoders = List.copyOf(decoders);
    }

    /**
     * A PNG of what is known of an image, grey where it is not drawn yet.
     *
     * @return completed later, or failed with a {@link NoPictureException} or a {@link RefusedPictureException}
     */
    public CompletableFuture<byte[]> of(ImagePreview preview) {
        CompletableFuture<byte[]> picture;
        synchronized (pictures) {
            CompletableFuture<byte[]> known = pictures.get(preview);
            if (known != null) {
                return known.copy();
            }
            picture = new CompletableFuture<>();
            pictures.put(preview, picture);
        }
        picture.whenComplete((png, failure) -> {
            if (failure != null && !(failure instanceof RefusedPictureException)) {
                synchronized (pictures) {
                    pictures.remove(preview, picture);
                }
            }
        });
        ask(preview, 0, turn.getAndIncrement(), "there are no decoders", picture);
        return picture.copy();
    }

    /** Asks one decoder after the other. */
    private void ask(ImagePreview preview, int asked, int first, String trouble, CompletableFuture<byte[]> picture) {
        if (asked == decoders.size()) {
            picture.completeExceptionally(new NoPictureException(trouble));
            return;
        }
        URI decoder = decoders.get(Math.floorMod(first + asked, decoders.size()));
        client.sendAsync(request(decoder, preview), BodyHandlers.ofByteArray()).whenComplete((answer, failure) -> {
            if (failure == null && answer.statusCode() == 200) {
                picture.complete(answer.body());
            } else if (failure == null && answer.statusCode() == REFUSED) {
                picture.completeExceptionally(new RefusedPictureException(preview.getImageId()));
            } else {
                String why = decoder + ": " + (failure == null ? describe(answer) : failure);
                log.debug("No preview of {} from {}", preview.getImageId(), why);
                ask(preview, asked + 1, first, why, picture);
            }
        });
    }

    private static HttpRequest request(URI decoder, ImagePreview preview) {
        byte[] tokens = new byte[preview.getTokens().remaining()];
        preview.getTokens().duplicate().get(tokens);
        String path = "/decode?rows=" + preview.getRows() + "&columns=" + preview.getColumns();
        return HttpRequest.newBuilder(decoder.resolve(path))
                .timeout(ANSWER)
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofByteArray(tokens))
                .build();
    }

    private static String describe(HttpResponse<byte[]> answer) {
        return "status " + answer.statusCode();
    }
}
