package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.dallemini.dalle.DalleMini;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.png.Provenance;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.sampling.SamplingParameters;
import org.dallemini.dalle.vqgan.RgbImage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {
    private static final String PROMPT = "a red circle, it's on a \"blue\" background";
    private static final int TOKENS = 64;

    @TempDir
    private static Path data;

    private static RgbImage image;
    private static Provenance said;

    @TempDir
    private Path temp;

    @BeforeAll
    static void draw() throws IOException {
        ModelFolder model = ModelFolder.open(InProcess.ROOT.resolve("models/shapes"));
        ModelCache cache = new ModelCache(data.resolve("models"));
        SamplingParameters parameters = new SamplingParameters(1, 50, 1, 2, 1, 3);
        var settings = new DalleMini.Settings(cache, 1, 1, Precision.INT8, Precision.FP32);
        try (DalleMini drawing = DalleMini.load(model.path(), settings)) {
            image = drawing.draw(List.of(new TokenRequest(PROMPT, "green", 5, parameters)))
                    .get(0);
        }
        said = new Provenance(
                PROMPT,
                "green",
                5,
                2f,
                50,
                1f,
                1f,
                1,
                3,
                0,
                new Provenance.Model("shapes", cache.revision(model.bart()), "int8"),
                new Provenance.Model("shapes", cache.revision(model.vqgan()), "fp32"));
    }

    private Path write(RgbImage pixels, Provenance provenance) throws IOException {
        byte[] png = PngWriter.write(pixels, provenance.texts(pixels.width(), pixels.height(), TOKENS));
        return Files.write(temp.resolve("image.png"), png);
    }

    private static InProcess verify(Object... arguments) {
        String[] words = new String[arguments.length + 1];
        words[0] = "verify";
        for (int i = 0; i < arguments.length; i++) {
            words[i + 1] = arguments[i].toString();
        }
        return InProcess.run(data, words);
    }

    @Test
    void shouldTellWhatAFileSaysAndDrawItAgain() throws IOException {
        InProcess verified = verify("--redraw", write(image, said));

        assertThat(verified.exitCode()).as(verified.err()).isEqualTo(ExitCode.OK);
        assertThat(verified.out())
                .contains("64 x 64 pixels", PROMPT, "redrawn   the same, byte for byte", "generative AI (IPTC)")
                .contains("dallemini generate 'a red circle, it'\\''s on a \"blue\" background' -n 1 --seed 5"
                        + " --negative green --guidance 2.0 --top-k 50 --top-p 1.0 --temperature 1.0 --model shapes"
                        + " --command-property bart.precision=int8 --command-property vqgan.precision=fp32");
    }

    @Test
    void shouldSeeThatAPixelWasChanged() throws IOException {
        byte[] changed = image.rgb().clone();
        changed[100] ^= 0x40;

        InProcess verified = verify("--redraw", "--output", "json", write(new RgbImage(64, 64, changed), said));

        assertThat(verified.exitCode()).isEqualTo(ExitCode.FAILURE);
        JsonNode json = new ObjectMapper().readTree(verified.out());
        assertThat(json.path("redrawn").asText()).isEqualTo("DIFFERENT: 1 pixels, by up to 64 of 255");
        assertThat(json.path("well").asBoolean()).isFalse();
        assertThat(json.at("/provenance/seed").asLong()).isEqualTo(5);
    }

    @Test
    void shouldLetNothingActOnTheTerminalOrTheShell() throws IOException {
        Provenance evil = new Provenance(
                "a\u001b]0;b\u0007 $(c)",
                null,
                1,
                1f,
                0,
                1f,
                1f,
                0,
                1,
                0,
                new Provenance.Model("m; d", "\u001b[2J", "fp32; e"),
                said.imageModel());

        InProcess verified = verify(write(image, evil));

        assertThat(verified.out())
                .contains("generate 'a\uFFFD]0;b\uFFFD $(c)' -n 1", "--model 'm; d'", "'bart.precision=fp32; e'")
                .doesNotContain("\u001b", "\u0007");
    }

    @Test
    void shouldKeepAPromptApartFromOptions() throws IOException {
        Provenance like =
                new Provenance("--help", null, 1, 1f, 0, 1f, 1f, 0, 1, 0, said.tokenModel(), said.imageModel());

        assertThat(verify(write(image, like)).out()).contains("generate -n 1 --seed 1", " -- --help");
    }

    @Test
    void shouldSayWhatCannotBeDrawn() throws IOException {
        Provenance coarse = new Provenance(
                "a cat",
                null,
                1,
                1f,
                0,
                1f,
                1f,
                0,
                1,
                0,
                said.tokenModel(),
                new Provenance.Model("shapes", said.imageModel().revision(), "int4"));

        InProcess verified = verify("--redraw", write(image, coarse));

        assertThat(verified.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(verified.out()).contains("not drawn again: what the file says cannot be drawn");
        assertThat(verify("--model", "shapes", temp.resolve("image.png")).exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldSayWhichModelIsMissing() throws IOException {
        Provenance elsewhere = new Provenance(
                "a cat",
                null,
                1,
                1f,
                0,
                1f,
                1f,
                0,
                1,
                0,
                new Provenance.Model("mega", "0123", "fp32"),
                said.imageModel());

        InProcess verified = verify("--redraw", write(image, elsewhere));

        assertThat(verified.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(verified.out()).contains("not drawn again: there is no model here of the revision 0123 (mega)");
    }

    @Test
    void shouldSayOfAnyOtherPictureThatItSaysNothing() throws IOException {
        Path file = temp.resolve("other.png");
        ImageIO.write(new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB), "png", file.toFile());

        InProcess verified = verify(file);

        assertThat(verified.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(verified.out()).contains("nothing of how it was made", "NOT as a work of AI");
    }

    @Test
    void shouldGoOnAfterAFileThatIsNone() throws IOException {
        Path none = Files.writeString(temp.resolve("none.png"), "no picture");

        InProcess verified = verify(none, temp.resolve("missing.png"), write(image, said));

        assertThat(verified.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(verified.err()).contains(none + " is no PNG file that can be read", "missing.png");
        assertThat(verified.out()).contains(PROMPT);
    }
}
