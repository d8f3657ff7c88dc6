package org.dallemini.ingest.openai;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.dallemini.events.ImagePreview;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.EventWriter;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.previews.PreviewPictures;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * As OpenAI streams images: {@code image_generation.partial_image} for what there is while they are drawn, and
 * {@code image_generation.completed} for each image. What happens after the first byte is told as an event
 * {@code error}.
 */
final class EventReply implements Reply {
    private static final Logger log = LoggerFactory.getLogger(EventReply.class);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    private final String subject;
    private final PreviewPictures pictures;
    private final int partialImages;
    private final ScheduledExecutorService thread;
    private final Runnable whenGone;
    private final EventWriter writer;
    private final Map<String, Integer> asked = new HashMap<>();
    private final Map<String, Integer> sent = new HashMap<>();
    private boolean isEnding;

    private EventReply(
            Response response,
            Callback callback,
            String subject,
            PreviewPictures pictures,
            int partialImages,
            ScheduledExecutorService thread,
            Runnable whenGone) {
        this.subject = subject;
        this.pictures = pictures;
        this.partialImages = partialImages;
        this.thread = thread;
        this.whenGone = whenGone;
        writer = new EventWriter(response, callback, thread, this::send, this::gone);
    }

    /**
     * Begins the stream.
     *
     * @param subject first part of the events' names: {@code image_generation} or {@code image_edit}
     * @param pictures of images that are being drawn
     * @param partialImages how many of each are sent at most
     * @param thread the one thread of all of this
     * @param whenGone run if the client is found to be gone
     */
    static EventReply begin(
            Response response,
            Callback callback,
            String subject,
            PreviewPictures pictures,
            int partialImages,
            ScheduledExecutorService thread,
            Runnable whenGone) {
        EventReply reply = new EventReply(response, callback, subject, pictures, partialImages, thread, whenGone);
        reply.execute(reply::keepAlive);
        return reply;
    }

    private void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            log.debug("The process stops, and with it a stream", e);
        }
    }

    /** So that proxies keep the connection, and a client that is gone is noticed. */
    private void keepAlive() {
        if (!isEnding) {
            if (writer.isReady()) {
                writer.comment();
                writer.flush();
            }
            thread.schedule(this::keepAlive, KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void send() {
        if (!writer.isReady()) {
            return; // goes on when the client has taken what was sent before
        }
        if (isEnding) {
            writer.end();
        } else {
            writer.flush();
        }
    }

    /** Has a picture made of an image that is being drawn, if one is due. */
    void preview(ImagePreview preview) {
        execute(() -> {
            int before = asked.getOrDefault(preview.getImageId(), 0);
            if (!isEnding && before < partialImages && isDue(preview, before)) {
                asked.put(preview.getImageId(), before + 1);
                pictures.of(preview)
                        .whenComplete((png, failure) -> execute(() -> {
                            if (failure == null) {
                                partial(preview, before, png);
                            } else {
                                log.debug("A partial image is left out", failure);
                            }
                        }));
            }
        });
    }

    /** They come at even distances: of two, at one and two thirds. */
    private boolean isDue(ImagePreview preview, int before) {
        long drawn = preview.getTokens().remaining() / Short.BYTES;
        long all = (long) preview.getRows() * preview.getColumns();
        return drawn * (partialImages + 1) >= all * (before + 1);
    }

    private void partial(ImagePreview preview, int index, byte[] png) {
        if (isEnding || index < sent.getOrDefault(preview.getImageId(), 0)) {
            return; // a later one was faster
        }
        sent.put(preview.getImageId(), index + 1);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("b64_json", Base64.getEncoder().encodeToString(png));
        fields.put("partial_image_index", index);
        fields.put("id", preview.getImageId());
        fields.put("created_at", InstantSource.system().instant().getEpochSecond());
        fields.put("output_format", "png");
        fields.put("background", "opaque");
        add("partial_image", fields);
        send();
    }

    @Override
    public void images(Map<String, Object> answer) {
        execute(() -> {
            for (Object image : (List<?>) answer.getOrDefault("data", List.of())) {
                Map<String, Object> fields = new LinkedHashMap<>();
                ((Map<?, ?>) image).forEach((name, value) -> fields.put(String.valueOf(name), value));
                fields.put("created_at", answer.get("created"));
                for (String name : List.of("size", "output_format", "background", "job")) {
                    fields.put(name, answer.get(name));
                }
                add("completed", fields);
            }
            end();
        });
    }

    @Override
    public void refuse(Problem problem) {
        execute(() -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("type", "error");
            fields.put("error", OpenAiError.fields(problem));
            writer.event("error", Answer.text(fields));
            end();
        });
    }

    private void end() {
        isEnding = true;
        send();
        whenGone.run();
    }

    private void gone() {
        isEnding = true;
        whenGone.run();
    }

    private void add(String kind, Map<String, Object> fields) {
        Map<String, Object> event = new LinkedHashMap<>();
        String name = subject + "." + kind;
        event.put("type", name);
        event.putAll(fields);
        writer.event(name, Answer.text(event));
    }
}
