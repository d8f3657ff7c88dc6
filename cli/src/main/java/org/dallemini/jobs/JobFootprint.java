package org.dallemini.jobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.deadletters.LetterText;
import org.dallemini.events.Footprint;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a job's images took, as their records tell: energy, greenhouse gases, and Software Carbon Intensity (ISO/IEC
 * 21031), which is (E I + M) / R: energy times the carbon intensity of the electricity, and the job's share of the
 * making of the hardware, by image.
 *
 * @param images that are stored
 * @param estimated those of them whose records have an estimate; the figures are of these
 * @param drawing joules of the text model
 * @param decoding joules of the VQGAN, of judging the pictures and of writing their files
 * @param co2eGrams of both
 * @param embodiedGrams the job's share of the making of the hardware, as somebody says
 * @param methods by which was estimated
 */
public record JobFootprint(
        String jobId,
        int images,
        int estimated,
        double drawing,
        double decoding,
        double co2eGrams,
        double embodiedGrams,
        Set<String> methods) {
    private static final double JOULES_PER_KWH = 3.6e6;

    public JobFootprint {
        methods = Set.copyOf(methods);
    }

    /** Reads the job's images. */
    public static JobFootprint of(StageConfig config, Admin admin, JobStatus job, double embodiedGrams) {
        var sum = new Sum();
        JobImages.read(config, admin, job, (image, headers) -> sum.add(image));
        return sum.of(job.getJobId(), embodiedGrams);
    }

    private static final class Sum {
        private final Set<String> images = new HashSet<>();
        private final Set<String> methods = new TreeSet<>();
        private int estimated;
        private double drawing;
        private double decoding;
        private double co2eGrams;

        void add(StoredImage image) {
            if (!images.add(image.getRequest().getImageId())) {
                return; // again, by another transaction
            }
            Footprint token = image.getTokenTiming().getFootprint();
            Footprint decode = image.getDecodeTiming().getFootprint();
            estimated += token != null || decode != null ? 1 : 0;
            drawing += add(token);
            decoding += add(decode);
        }

        private double add(@Nullable Footprint footprint) {
            if (footprint == null || !Double.isFinite(footprint.getEnergyJoules() + footprint.getCo2eGrams())) {
                return 0; // the second is no stage's of ours
            }
            co2eGrams += footprint.getCo2eGrams();
            methods.add(footprint.getMethod());
            return footprint.getEnergyJoules();
        }

        JobFootprint of(String jobId, double embodiedGrams) {
            return new JobFootprint(
                    jobId, images.size(), estimated, drawing, decoding, co2eGrams, embodiedGrams, methods);
        }
    }

    public double joules() {
        return drawing + decoding;
    }

    /** Grams of CO2-equivalents an image; NaN if none has an estimate. */
    public double carbonIntensity() {
        return estimated == 0 ? Double.NaN : (co2eGrams + embodiedGrams) / estimated;
    }

    /** For people. */
    public String text() {
        var page = new StringBuilder();
        row(page, "job", jobId);
        row(page, "images", images + " stored, " + estimated + " with an estimate");
        if (estimated > 0) {
            row(
                    page,
                    "energy",
                    energy(joules()) + ": " + energy(drawing) + " drawing, " + energy(decoding) + " decoding; "
                            + energy(joules() / estimated) + " an image");
            row(page, "CO2e", grams(co2eGrams) + "; " + grams(co2eGrams / estimated) + " an image");
            row(
                    page,
                    "SCI",
                    grams(carbonIntensity()) + " an image (ISO/IEC 21031), "
                            + (embodiedGrams == 0
                                    ? "without the making of the hardware (--embodied-grams)"
                                    : grams(embodiedGrams) + " of the job for the making of the hardware included"));
            methods.stream().sorted().forEach(method -> row(page, "method", method));
            row(
                    page,
                    "",
                    "Counted: processors and GPUs while they draw. Not counted: memory, disks, networks, idle time.");
        }
        return page.toString().stripTrailing();
    }

    private static void row(StringBuilder page, String name, String value) {
        page.append(String.format(Locale.ROOT, "%-10s %s%n", name, LetterText.printable(value)));
    }

    static String energy(double joules) {
        double wattHours = joules / JOULES_PER_KWH * 1000;
        return wattHours >= 1 ? figure(wattHours) + " Wh" : figure(joules) + " J";
    }

    static String grams(double grams) {
        return grams >= 0.1 ? figure(grams) + " g" : figure(grams * 1000) + " mg";
    }

    /** Estimates are not worth more than three digits. */
    private static String figure(double number) {
        return BigDecimal.valueOf(number)
                .round(new MathContext(3))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** On one line, for programs. */
    public ObjectNode json(ObjectMapper mapper) {
        ObjectNode node = mapper.createObjectNode()
                .put("job", jobId)
                .put("images", images)
                .put("imagesWithEstimate", estimated)
                .put("energyJoules", joules())
                .put("drawingJoules", drawing)
                .put("decodingJoules", decoding)
                .put("co2eGrams", co2eGrams)
                .put("embodiedGrams", embodiedGrams);
        if (estimated > 0) {
            node.put("softwareCarbonIntensity", carbonIntensity());
        }
        node.set("methods", mapper.valueToTree(methods.stream().sorted().toList()));
        return node;
    }
}
