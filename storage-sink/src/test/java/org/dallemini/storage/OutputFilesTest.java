package org.dallemini.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageOutput;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.OutputFit;
import org.dallemini.events.OutputFormat;
import org.dallemini.events.StoredImage;
import org.dallemini.events.StoredRendition;
import org.dallemini.renditions.Renditions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputFilesTest {
    private static final Clock CLOCK = Clock.fixed(Images.REQUESTED, ZoneOffset.UTC);
    private static final byte[] DRAWN = PngWriter.write(new RgbImage(16, 16, new byte[3 * 16 * 16]), List.of());

    private final FakeObjectStore store = new FakeObjectStore();
    private final UploadPlan plan = plan(ObjectKeyTemplate.DEFAULT);

    private static UploadPlan plan(String template) {
        return new UploadPlan(ObjectKeyTemplate.parse(template), false, new OutputFiles(Renditions.builtIn()));
    }

    private static GeneratedImage image(@Nullable ImageOutput output) {
        ImageRequest request = ImageRequest.newBuilder(Images.request("p", 2))
                .setOutput(output)
                .build();
        return GeneratedImage.newBuilder(Images.image(request, DRAWN))
                .setWidth(16)
                .setHeight(16)
                .build();
    }

    private static ImageOutput output(@Nullable Integer width, @Nullable Integer height, OutputFormat format) {
        return new ImageOutput(width, height, OutputFit.PAD, format, 90);
    }

    @Test
    void shouldStoreTheSizeThatIsAskedForBesideTheImage() throws Exception {
        // When
        StoredImage stored = plan.of(image(output(64, 32, OutputFormat.WEBP))).to(store, CLOCK);

        // Then
        assertThat(store.object("p/2.png").content()).isEqualTo(DRAWN);
        StoredRendition rendition = stored.getRendition();
        assertThat(rendition.getKey()).isEqualTo("renditions/p/2.64x32.webp");
        assertThat(rendition.getMade()).isEqualTo("16x16 scaled to 32x32 (edge-1), padded to 64x32");
        byte[] content = store.object(rendition.getKey()).content();
        assertThat(store.object(rendition.getKey()).contentType()).isEqualTo("image/webp");
        assertThat(rendition.getSha256()).isEqualTo(Images.sha256(content));
        assertThat(rendition.getSize()).isEqualTo(content.length);
        assertThat(ImageIO.read(new ByteArrayInputStream(content)).getWidth()).isEqualTo(64);
    }

    @Test
    void shouldStoreNothingBesideAnImageThatIsWhatIsAskedFor() throws Exception {
        assertThat(plan.of(image(null)).to(store, CLOCK).getRendition()).isNull();
        assertThat(plan.of(image(output(16, 16, OutputFormat.PNG)))
                        .to(store, CLOCK)
                        .getRendition())
                .isNull();
    }

    @Test
    void shouldGiveAnotherFormatTheImagesOwnSize() throws Exception {
        StoredRendition rendition = plan.of(image(output(null, null, OutputFormat.JPEG)))
                .to(store, CLOCK)
                .getRendition();

        assertThat(rendition.getKey()).isEqualTo("renditions/p/2.16x16.jpg");
        assertThat(rendition.getMade()).isEmpty();
    }

    @Test
    void shouldFindWhatItHasStoredBefore() throws Exception {
        // Given
        GeneratedImage image = image(output(64, 64, OutputFormat.PNG));
        StoredRendition first = plan.of(image).to(store, CLOCK).getRendition();

        // When, Then
        assertThat(plan.of(image).to(store, CLOCK).getRendition()).isEqualTo(first);
    }

    @Test
    void shouldReplaceNothingThatOthersHavePutThere() throws Exception {
        store.create("renditions/p/2.64x64.png", new byte[] {1}, "image/png", Map.of());

        assertThatThrownBy(
                        () -> plan.of(image(output(64, 64, OutputFormat.PNG))).to(store, CLOCK))
                .isInstanceOf(ObjectExistsException.class)
                .hasMessageContaining("renditions/p/2.64x64.png");
        assertThat(store.object("renditions/p/2.64x64.png").content()).containsExactly(1);
    }

    @Test
    void shouldStoreNothingWhereTooMuchIsAskedFor() {
        assertThatThrownBy(() -> plan.of(image(output(257, 257, OutputFormat.PNG))))
                .isInstanceOf(InvalidOutputException.class)
                .hasMessageContaining("at most 16 times as large");
        assertThatThrownBy(() -> plan.of(image(output(0, 16, OutputFormat.PNG))))
                .isInstanceOf(InvalidOutputException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "{prompt}/{index}.png, renditions/p/2.64x64.png",
        "{job}/{date:yyyy/MM}/{image}, renditions/job-1/2026/11/p/2.64x64.png",
        "a/{prompt}-{index}.PNG, renditions/a/p-2.PNG.64x64.png",
    })
    void shouldLieInAFolderThatNoImageLiesIn(String template, String key) throws Exception {
        UploadPlan other = plan(template);
        StoredImage stored = other.of(image(output(64, 64, OutputFormat.PNG))).to(store, CLOCK);

        assertThat(stored.getRendition().getKey()).isEqualTo(key);
        assertThat(key.chars().filter(c -> c == '/').count())
                .isEqualTo(stored.getKey().chars().filter(c -> c == '/').count() + 1);
    }
}
