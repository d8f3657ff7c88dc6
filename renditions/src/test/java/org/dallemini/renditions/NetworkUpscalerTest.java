package org.dallemini.renditions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dallemini.dalle.checkpoint.ElementType;
import org.dallemini.dalle.onnx.Graph;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.RgbImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkUpscalerTest {
    private final Sessions sessions = new Sessions(1);

    @TempDir
    private Path folder;

    /** A network that repeats each pixel, and turns dark into bright. */
    private Path network(float factor) throws IOException {
        Graph g = new Graph("repeat");
        String x = g.input("x", ElementType.FLOAT32, 1, 3, "height", "width");
        String larger = g.node("Resize")
                .in(x, "", g.floats(1, 1, factor, factor))
                .set("mode", "nearest")
                .set("coordinate_transformation_mode", "asymmetric")
                .set("nearest_mode", "floor")
                .out();
        g.output(g.op("Sub", g.scalar(1), larger), "y", ElementType.FLOAT32, 1, 3, "rows", "columns");
        return g.save(folder);
    }

    private static RgbImage image() {
        byte[] rgb = new byte[3 * 16 * 8];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) i;
        }
        return new RgbImage(16, 8, rgb);
    }

    @Test
    void shouldEnlargeByWhatTheNetworkMakes() throws Exception {
        try (NetworkUpscaler upscaler = NetworkUpscaler.open(network(4), sessions)) {
            // When
            RgbImage large = upscaler.enlarge(image());

            // Then
            assertThat(large.width()).isEqualTo(64);
            assertThat(large.height()).isEqualTo(32);
            for (int colour = 0; colour < 3; colour++) {
                int before = image().rgb()[3 * (5 * 16 + 9) + colour] & 0xff;
                int after = large.rgb()[3 * (22 * 64 + 38) + colour] & 0xff;
                assertThat(after).isEqualTo(255 - before);
            }
            assertThat(upscaler.name()).matches("repeat [0-9a-f]{8}");
        }
    }

    @Test
    void shouldBeUsedForRenditions() throws Exception {
        try (NetworkUpscaler upscaler = NetworkUpscaler.open(network(2), sessions)) {
            byte[] png = PngWriter.write(image(), List.of());
            Rendition wanted =
                    new Rendition(new Rendition.Size(40, 20), Fit.PAD, FileFormat.PNG, Rendition.DEFAULT_QUALITY);

            RenderedImage rendered = Renditions.with(upscaler).render(png, wanted);

            assertThat(rendered.made()).isEqualTo("16x8 scaled to 40x20 (" + upscaler.name() + ")");
        }
    }

    @Test
    void shouldSayWhatIsWrongWithAFileThatIsNone() throws Exception {
        Path text = Files.writeString(folder.resolve("text.onnx"), "no network");
        assertThatThrownBy(() -> NetworkUpscaler.open(text, sessions))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("text.onnx is no network that ONNX Runtime can open");
        assertThatThrownBy(() -> NetworkUpscaler.open(network(1), sessions))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no upscaler: of a picture of 16x16");
        assertThatThrownBy(() -> NetworkUpscaler.open(folder.resolve("missing.onnx"), sessions))
                .isInstanceOf(IOException.class);
    }
}
