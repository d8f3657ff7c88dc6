package org.dallemini.training.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.function.Consumer;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.RgbImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroundTest {
    private static final int SIZE = 96;

    @ParameterizedTest
    @CsvSource({"255,255,255,white", "60,100,210,blue", "30,25,20,black", "210,60,60,red", "140,140,150,gray"})
    void shouldNameTheGround(int red, int green, int blue, String name) {
        RgbImage image = picture(new Color(red, green, blue), graphics -> graphics.fillOval(30, 30, 40, 40));

        assertThat(Ground.of(image).name()).isEqualTo(name);
    }

    @Test
    void shouldFindThingsFromLeftToRightAndNoNoise() {
        RgbImage image = picture(Color.WHITE, graphics -> {
            graphics.fillRect(60, 30, 30, 30);
            graphics.fillRect(5, 30, 30, 30);
            graphics.fillRect(45, 80, 2, 2);
        });

        assertThat(Ground.of(image).things())
                .containsExactly(new Ground.Box(5, 30, 35, 60), new Ground.Box(60, 30, 90, 60));
    }

    @Test
    void shouldTakePartsThatAreCloseAsOneThing() {
        RgbImage image = picture(Color.WHITE, graphics -> {
            graphics.fillRect(10, 10, 30, 30);
            graphics.fillRect(10, 42, 30, 30);
        });

        assertThat(Ground.of(image).things()).hasSize(1);
    }

    @Test
    void shouldShowAThingAloneLargeAndOnWhite() {
        RgbImage image = picture(Color.BLUE, graphics -> graphics.fillRect(10, 10, 20, 20));
        Ground ground = Ground.of(image);

        RgbImage alone = ground.alone(ground.whole());

        RgbImage expected = picture(Color.WHITE, graphics -> graphics.fillRect(8, 8, 80, 80));
        assertThat(alone.rgb()).isEqualTo(expected.rgb());
    }

    private static RgbImage picture(Color ground, Consumer<Graphics2D> things) {
        BufferedImage picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(ground);
        graphics.fillRect(0, 0, SIZE, SIZE);
        graphics.setColor(Color.MAGENTA);
        things.accept(graphics);
        graphics.dispose();
        return Pictures.pixels(picture);
    }
}
