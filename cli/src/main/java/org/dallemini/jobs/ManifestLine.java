package org.dallemini.jobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.apache.kafka.common.header.Headers;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.PromptVerdict;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.jobs.JobHeaders;
import org.dallemini.schemas.ImageFootprint;

/** Lines of manifests, as JSON. */
final class ManifestLine {
    static final ObjectMapper JSON = new ObjectMapper();

    private static final String JOB_ID = "jobId";

    private ManifestLine() {}

    static ObjectNode image(StoredImage image, Headers headers) {
        ImageRequest request = image.getRequest();
        ObjectNode line = place(headers)
                .put("promptId", request.getPromptId())
                .put("imageId", request.getImageId())
                .put("index", request.getIndex())
                .put("text", request.getText())
                .put("seed", request.getSeed())
                .put("bucket", image.getBucket())
                .put("key", image.getKey())
                .put("sha256", image.getSha256())
                .put("size", image.getSize())
                .put("etag", image.getEtag());
        PromptVerdict promptVerdict = request.getPromptVerdict();
        if (promptVerdict != null && promptVerdict.getMark() != null) {
            line.put("promptMark", promptVerdict.getMark());
        }
        if (image.getVerdict() != null && image.getVerdict().getMark() != null) {
            line.put("mark", image.getVerdict().getMark());
        }
        ImageFootprint.of(image).ifPresent(took -> line.put("energyJoules", took.getEnergyJoules())
                .put("co2eGrams", took.getCo2eGrams()));
        return request.getScore() == null ? line : line.put("score", request.getScore());
    }

    /** @param line JSON, what the submission found wrong with a line of its file */
    static ObjectNode badLine(String jobId, String line) throws IOException {
        return JSON.createObjectNode().put(JOB_ID, jobId).setAll((ObjectNode) JSON.readTree(line));
    }

    /** @param subject id of the image, or of the prompt if that was refused */
    static ObjectNode failure(String jobId, String subject, DeadLetter letter) {
        boolean isImage = subject.contains("/");
        ObjectNode line = JSON.createObjectNode()
                .put(JOB_ID, jobId)
                .<ObjectNode>setAll(place(letter.record().headers()))
                .put("promptId", isImage ? subject.substring(0, subject.lastIndexOf('/')) : subject);
        if (isImage) {
            line.put("imageId", subject);
        }
        return line.put("code", letter.code())
                .put("message", letter.message())
                .put("stage", letter.stage())
                .put("deadLetter", letter.place());
    }

    /** Where the prompt stood in the file that was submitted; nothing if it came in another way. */
    private static ObjectNode place(Headers headers) {
        ObjectNode node = JSON.createObjectNode();
        String line = JobHeaders.text(headers, JobHeaders.LINE);
        if (line != null && line.matches("\\d{1,9}")) {
            node.put("line", Integer.parseInt(line));
        }
        String customId = JobHeaders.text(headers, JobHeaders.CUSTOM_ID);
        return customId == null ? node : node.put("custom_id", customId);
    }
}
