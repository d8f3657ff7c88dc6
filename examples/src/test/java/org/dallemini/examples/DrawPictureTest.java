package org.dallemini.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrawPictureTest {
    @TempDir
    Path folder;

    @Test
    void shouldDrawWithoutAnyServer() throws Exception {
        // Given
        Path model = Path.of(System.getProperty("dallemini.root"), "models", "shapes");
        Path file = folder.resolve("picture.png");

        // When
        DrawPicture.main(new String[] {model.toString(), file.toString(), "a green square on a white background"});

        // Then
        BufferedImage picture = ImageIO.read(file.toFile());
        Color corner = new Color(picture.getRGB(2, 2));
        assertThat(corner.getRed()).isGreaterThan(200);
        assertThat(corner.getBlue()).isGreaterThan(200);
    }
}
