package org.dallemini.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.events.ImagePrefix;
import org.dallemini.models.TokenFile;
import org.dallemini.prompt.PromptLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrefixFileTest {
    private static final int MAX_BYTES = PromptLimits.DEFAULT.maxPrefixBytes();

    @TempDir
    Path folder;

    @Test
    void shouldTakeASmallPictureAsItIs() throws Exception {
        // Given
        Path file = picture("small.png", 64, 64);

        // When
        ImagePrefix prefix = PrefixFile.read(file, 4, MAX_BYTES).prefix();

        // Then
        assertThat(prefix).isEqualTo(new ImagePrefix(null, ByteBuffer.wrap(Files.readAllBytes(file)), 4));
    }

    @Test
    void shouldScaleALargePictureDownUntilItFits() throws Exception {
        // Given: noise, which does not compress
        Path file = picture("large.png", 1500, 1000);
        assertThat(Files.size(file)).isGreaterThan(4_000_000);

        // When
        ByteBuffer scaled = PrefixFile.read(file, 4, MAX_BYTES).prefix().getPicture();

        // Then
        assertThat(scaled.remaining()).isBetween(MAX_BYTES / 2, MAX_BYTES);
        BufferedImage read = Pictures.read(scaled.array(), Pictures.MAX_PIXELS);
        assertThat(read.getWidth()).isEqualTo(read.getHeight()).isBetween(256, 1000);
    }

    @Test
    void shouldScaleAPictureOfTooManyPixelsDownThoughItsFileIsSmall() throws Exception {
        // Given: 9 megapixels of black
        Path file = folder.resolve("black.png");
        ImageIO.write(new BufferedImage(3000, 3000, BufferedImage.TYPE_BYTE_BINARY), "png", file.toFile());
        assertThat(Files.size(file)).isLessThan(MAX_BYTES);

        // When
        ByteBuffer scaled = PrefixFile.read(file, 4, MAX_BYTES).prefix().getPicture();

        // Then
        assertThatCode(() -> Pictures.read(scaled.array(), Pictures.MAX_PIXELS)).doesNotThrowAnyException();
    }

    @Test
    void shouldTakeTheFirstRowsOfATokenFile() throws Exception {
        // Given
        int[] tokens = IntStream.range(0, 12).map(i -> 300 * i).toArray();
        Path file = write("tokens.json", "\n " + new TokenFile("shapes", "abc", 4, 3, tokens).toJson());

        // When
        PrefixFile prefix = PrefixFile.read(file, 2, MAX_BYTES);

        // Then
        byte[] expected = {0, 0, 0x2c, 1, 0x58, 2, (byte) 0x84, 3, (byte) 0xb0, 4, (byte) 0xdc, 5};
        assertThat(prefix.prefix()).isEqualTo(new ImagePrefix(ByteBuffer.wrap(expected), null, null));
        assertThatCode(() -> prefix.requireFits("abc")).doesNotThrowAnyException();
        assertThatThrownBy(() -> prefix.requireFits("def"))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(file.toString(), "abc", "def");
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception {
        Path tokens = write("tokens.json", "{\"rows\": 2, \"columns\": 3, \"tokens\": [1, 2, 3, 4, 5, 6]}");
        assertUnusable(tokens, 3, "6 tokens in rows of 3: there are no 3 rows");
        assertUnusable(tokens, 0, "--prefix-rows 1 or more");
        assertUnusable(write("other.json", "{\"a\": 1}"), 1, "not what 'tokens encode' prints");
        assertUnusable(write("no-columns.json", "{\"tokens\": [1]}"), 1, "rows of 0");
        assertUnusable(write("text", "a red circle"), 1, "neither PNG nor JPEG");
        assertUnusable(write("empty", ""), 1, "neither PNG nor JPEG");
        assertThatThrownBy(() -> PrefixFile.read(folder.resolve("none"), 1, MAX_BYTES))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none");
    }

    private static void assertUnusable(Path file, int rows, String problem) {
        assertThatThrownBy(() -> PrefixFile.read(file, rows, MAX_BYTES))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(file.toString(), problem);
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private Path picture(String name, int width, int height) throws IOException {
        var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] noise = new Random(1).ints((long) width * height).toArray();
        picture.setRGB(0, 0, width, height, noise, 0, width);
        ImageIO.write(picture, "png", folder.resolve(name).toFile());
        return folder.resolve(name);
    }
}
