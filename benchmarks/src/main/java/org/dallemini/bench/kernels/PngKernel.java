package org.dallemini.bench.kernels;

import java.util.List;
import org.dallemini.bench.common.TestPictures;
import org.dallemini.dalle.png.PngText;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.vqgan.RgbImage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A PNG file of the published models' 256 x 256 pixels. */
public class PngKernel extends Kernel {
    private static final int SIZE = 256;
    private static final List<PngText> TEXTS =
            List.of(new PngText("Description", "a slope"), new PngText("Software", "benchmarks"));

    /** Levels of noise on the slope. */
    @Param({"0", "8"})
    private int noise;

    private RgbImage image = new RgbImage(1, 1, new byte[3]);

    @Setup
    public void prepare() {
        image = new RgbImage(SIZE, SIZE, TestPictures.slope(7, SIZE, noise));
    }

    @Benchmark
    public byte[] write() {
        return PngWriter.write(image, TEXTS);
    }
}
