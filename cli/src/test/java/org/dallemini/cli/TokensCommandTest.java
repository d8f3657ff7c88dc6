package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.dallemini.models.TokenFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensCommandTest {
    @TempDir
    Path temp;

    @Test
    void shouldDecodeWhatWasEncoded() throws IOException {
        // Given
        TokenFile tokens = encode(circle(64), "--output", "json");
        Path file = Files.writeString(temp.resolve("tokens.json"), tokens.toJson());
        Path png = temp.resolve("decoded.png");

        // When
        InProcess decode = run("tokens", "decode", file.toString(), "--out", png.toString());
        TokenFile again = encode(png);

        // Then
        assertThat(decode.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(tokens.rows()).isEqualTo(8);
        assertThat(tokens.columns()).isEqualTo(8);
        assertThat(tokens.revision()).isEqualTo(again.revision()).matches("[0-9a-f]{64}");
        BufferedImage image = ImageIO.read(png.toFile());
        assertThat(image.getWidth()).isEqualTo(64);
        assertThat(IntStream.range(0, 64)
                        .filter(i -> tokens.tokens()[i] == again.tokens()[i])
                        .count())
                .as("equal tokens of %s and %s", tokens.toJson(), again.toJson())
                .isGreaterThan(64 * 9 / 10);
    }

    @Test
    void shouldNotDrawWhatTheFilterRefuses() throws IOException {
        // Given
        Path file = Files.writeString(
                temp.resolve("tokens.json"), encode(circle(64)).toJson());
        Path png = temp.resolve("decoded.png");

        // When: thresholds that no picture is below
        InProcess refused = decode(file, png, "filter.image.refuse.above=neutral:0,drawing:0");

        // Then
        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(refused.err()).contains("content-policy", "neutral");
        assertThat(png).doesNotExist();

        // When
        InProcess marked = decode(file, png, "filter.image.flag.above=neutral:0,drawing:0");

        // Then
        assertThat(marked.exitCode()).as(marked.err()).isEqualTo(ExitCode.OK);
        assertThat(marked.err()).contains("marks the picture");
        assertThat(png).exists();
    }

    private InProcess decode(Path tokens, Path png, String setting) {
        return run("tokens", "decode", tokens.toString(), "--out", png.toString(), "--command-property", setting);
    }

    @Test
    void shouldPrintRawTokens() throws IOException {
        // Given
        Path picture = circle(64);
        int[] tokens = encode(picture).tokens();

        // When
        InProcess raw = run("tokens", "encode", picture.toString(), "--output", "raw");

        // Then
        ByteBuffer bytes = ByteBuffer.wrap(raw.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(IntStream.range(0, raw.bytes().length / 2)
                        .map(i -> Short.toUnsignedInt(bytes.getShort(2 * i)))
                        .toArray())
                .isEqualTo(tokens);
    }

    @Test
    void shouldResizeOnlyWhenAsked() throws IOException {
        // Given
        Path picture = circle(200);

        // When
        InProcess refused = run("tokens", "encode", picture.toString());
        TokenFile resized = encode(picture, "--resize");

        // Then
        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(refused.err()).contains("200 x 200", "64 x 64", "--resize");
        assertThat(resized.tokens()).hasSize(64);
    }

    @Test
    void shouldRefuseTokensOfAnotherModel() throws IOException {
        // Given
        ObjectNode json =
                (ObjectNode) new ObjectMapper().readTree(encode(circle(64)).toJson());
        Path file = Files.writeString(
                temp.resolve("tokens.json"), json.put("revision", "0123").toString());

        // When
        InProcess decode = run("tokens", "decode", file.toString(), "--out", temp + "/x.png");

        // Then
        assertThat(decode.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(decode.err()).contains(file.toString(), "revision 0123");
        assertThat(temp.resolve("x.png")).doesNotExist();
    }

    @Test
    void shouldRefuseWhatIsNoPicture() throws IOException {
        // Given
        Path file = Files.writeString(temp.resolve("text.png"), "text");

        // When
        InProcess encode = run("tokens", "encode", file.toString());

        // Then
        assertThat(encode.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(encode.err()).contains(file + ": the picture is neither PNG nor JPEG");
    }

    private TokenFile encode(Path picture, String... options) throws IOException {
        String[] arguments = new String[3 + options.length];
        arguments[0] = "tokens";
        arguments[1] = "encode";
        arguments[2] = picture.toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        InProcess encode = run(arguments);
        assertThat(encode.exitCode()).as(encode.err()).isEqualTo(ExitCode.OK);
        return TokenFile.parse(encode.bytes(), picture.toString());
    }

    private InProcess run(String... arguments) {
        return InProcess.run(temp.resolve("data"), arguments);
    }

    /** What the shipped model knows: a red circle on blue. */
    private Path circle(int size) throws IOException {
        var picture = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                boolean inside = Math.hypot(x - size / 2.0, y - size / 2.0) < size / 4.0;
                picture.setRGB(x, y, inside ? 0xD02020 : 0x2040C0);
            }
        }
        Path file = temp.resolve("circle" + size + ".png");
        ImageIO.write(picture, "png", file.toFile());
        return file;
    }
}
