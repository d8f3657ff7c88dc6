package org.dallemini.ingest.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.JobFailure;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.dallemini.events.StoredRendition;

/** The answer to a request for images: OpenAI's fields, and {@code job}, {@code id}, {@code seed}, {@code failures}. */
final class GenerationJson {
    private GenerationJson() {}

    static Map<String, Object> image(StoredImage image, String format, String value) {
        ImageRequest request = image.getRequest();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(format, value);
        fields.put("id", request.getImageId());
        fields.put("seed", Long.toString(request.getSeed()));
        fields.put("prompt", request.getText());
        if (image.getRendition() != null) {
            fields.put("drawn_size", drawnSize(image));
            fields.put("made", image.getRendition().getMade());
        }
        return fields;
    }

    /**
     * @param first of the images
     * @param data the images, each as {@link #image} writes it
     */
    static Map<String, Object> answer(JobStatus job, StoredImage first, List<Map<String, Object>> data) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("created", job.getSubmittedAt().getEpochSecond());
        fields.put("data", data);
        StoredRendition rendition = first.getRendition();
        fields.put("size", rendition == null ? drawnSize(first) : rendition.getWidth() + "x" + rendition.getHeight());
        String contentType = rendition == null ? first.getContentType() : rendition.getContentType();
        fields.put("output_format", contentType.replaceFirst("image/", ""));
        fields.put("background", "opaque");
        fields.put("job", job.getJobId());
        List<Map<String, Object>> failures = new ArrayList<>();
        for (JobFailure failure : job.getFailures()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", failure.getSubject());
            one.put("code", failure.getCode().replace('-', '_'));
            one.put("message", failure.getMessage());
            failures.add(one);
        }
        if (!failures.isEmpty()) {
            fields.put("failures", failures);
        }
        return fields;
    }

    /** For example {@code 256x256}. */
    static String drawnSize(StoredImage image) {
        return image.getWidth() + "x" + image.getHeight();
    }
}
