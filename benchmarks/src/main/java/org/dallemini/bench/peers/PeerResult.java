package org.dallemini.bench.peers;

import java.util.List;
import org.dallemini.bench.common.Json;
import org.jspecify.annotations.Nullable;

/**
 * How fast another implementation is.
 *
 * @param peer its name
 * @param version of it
 * @param stage {@code tokens} or {@code vqgan}
 * @param precision fp32 or bf16
 * @param batch images that are drawn together
 * @param threads of one computation
 * @param msPerStep median time of a decoder step of the whole batch; tokens only
 * @param secondsPerImage absent if images/s are given
 * @param imagesPerSecond absent if s an image are given
 * @param rssMb peak of resident memory in MiB
 */
public record PeerResult(
        String peer,
        String version,
        String stage,
        String precision,
        int batch,
        int threads,
        @Nullable Double msPerStep,
        @Nullable Double secondsPerImage,
        @Nullable Double imagesPerSecond,
        double rssMb) {

    /** The results among a script's lines. Those without a rate, of checks for instance, are left out. */
    public static List<PeerResult> parse(List<String> lines) {
        return Json.objects(lines).stream()
                .filter(line -> line.hasNonNull("peer"))
                .map(line -> Json.convert(line, PeerResult.class))
                .filter(result -> result.secondsPerImage != null || result.imagesPerSecond != null)
                .toList();
    }

    /** Images a second, from whichever figure there is. */
    public double rate() {
        if (imagesPerSecond != null) {
            return imagesPerSecond;
        }
        return secondsPerImage == null ? Double.NaN : 1 / secondsPerImage;
    }

    /** For tables. */
    public String title() {
        return peer + " " + version + ", " + precision;
    }
}
