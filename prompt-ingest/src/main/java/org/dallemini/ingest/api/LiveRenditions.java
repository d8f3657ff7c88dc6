package org.dallemini.ingest.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.dallemini.dalle.vqgan.Pictures.UnusableException;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.renditions.FileFormat;
import org.dallemini.renditions.Fit;
import org.dallemini.renditions.RenderedImage;
import org.dallemini.renditions.Rendition;
import org.dallemini.renditions.Renditions;
import org.jspecify.annotations.Nullable;

/** Stored images in other sizes and formats, made while the caller waits; few at a time. Thread-safe. */
public final class LiveRenditions {
    private static final Set<String> PARAMETERS = Set.of("size", "fit", "format", "quality");
    private static final int WAIT_SECONDS = 10;

    /** At the longest side these take about a second of a core and some hundred megabytes. */
    private static final int AT_A_TIME = 1;

    private final Renditions renditions;
    private final Semaphore room = new Semaphore(AT_A_TIME);

    /** @param renditions makes them */
    public LiveRenditions(Renditions renditions) {
        this.renditions = renditions;
    }

    /**
     * What the query of a request for an image asks for; empty if that is the image as it is stored.
     *
     * @param parameters of the query, each with all of its values
     */
    Optional<Rendition> wanted(Map<String, List<String>> parameters, StoredImage image) throws RefusedRequestException {
        Query query = new Query(parameters, PARAMETERS);
        String format = query.single("format");
        String fit = query.single("fit");
        Rendition wanted = new Rendition(
                size(query.single("size")),
                fit == null ? Fit.PAD : Fit.of(fit).orElseThrow(() -> Query.refuse("fit is neither pad nor crop.")),
                format == null
                        ? FileFormat.PNG
                        : FileFormat.of(format)
                                .orElseThrow(() -> Query.refuse("format is none of png, jpeg and webp.")),
                quality(query.single("quality")));
        Optional<String> problem = wanted.problem(image.getWidth(), image.getHeight());
        if (problem.isPresent()) {
            throw Query.refuse("size: " + problem.get() + ".");
        }
        return wanted.isOriginal(image.getWidth(), image.getHeight()) ? Optional.empty() : Optional.of(wanted);
    }

    private static Rendition.@Nullable Size size(@Nullable String text) throws RefusedRequestException {
        if (text == null) {
            return null;
        }
        try {
            return Rendition.Size.parse(text).orElseThrow(() -> Query.refuse("size is no size such as 1024x1024."));
        } catch (IllegalArgumentException e) {
            throw Query.refuse("size: " + e.getMessage() + ".");
        }
    }

    private static int quality(@Nullable String text) throws RefusedRequestException {
        if (text == null) {
            return Rendition.DEFAULT_QUALITY;
        }
        if (!text.matches("\\d{1,3}") || Integer.parseInt(text) > 100) {
            throw Query.refuse("quality is no number from 0 to 100.");
        }
        return Integer.parseInt(text);
    }

    /** Changes with the pixels that are made. */
    String version() {
        return renditions.upscaler();
    }

    /** @param png of the image as it is stored */
    RenderedImage make(byte[] png, Rendition wanted) throws RefusedRequestException {
        try {
            if (!room.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new RefusedRequestException(
                        Problem.of(503, "not-available", "Others have images made larger at present: ask again.")
                                .with("Retry-After", "1"));
            }
            try {
                return renditions.render(png, wanted);
            } finally {
                room.release();
            }
        } catch (UnusableException e) {
            throw Query.refuse("The stored file cannot be made into that: " + e.getMessage() + ".");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedRequestException(Problem.of(503, "not-available", "The process stops."));
        }
    }
}
