package org.dallemini.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.dallemini.events.ImageDeletion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ImageFilesTest {
    private final FakeObjectStore store = new FakeObjectStore();

    private static ImageDeletion deletion(String imageId, @Nullable String bucket, String... keys) {
        return ImageDeletion.newBuilder()
                .setImageId(imageId)
                .setJobId("job-1")
                .setBucket(bucket)
                .setKeys(List.of(keys))
                .setDeletedAt(Instant.EPOCH)
                .build();
    }

    private void put(String key, String contentType) {
        store.put(key, new byte[] {1}, contentType, Map.of());
    }

    @Test
    void shouldDeleteTheImageItsRenditionAndItsJson() throws Exception {
        // Given
        put("a/shapes.1/2.png", "image/png");
        put("a/shapes.1/2.png.json", "application/json");
        put("renditions/a/shapes.1/2.512x512.jpg", "image/jpeg");
        put("a/shapes.1/3.png", "image/png");
        ImageDeletion deletion =
                deletion("shapes.1/2", "images", "a/shapes.1/2.png", "renditions/a/shapes.1/2.512x512.jpg");

        // When: once more does no harm
        ImageFiles.delete(deletion, store);
        ImageFiles.delete(deletion, store);

        // Then
        assertThat(store.size()).isEqualTo(1);
        assertThat(store.object("a/shapes.1/3.png").contentType()).isEqualTo("image/png");
    }

    @Test
    void shouldDeleteNothingThatCannotBeTheImages() {
        assertThat(ImageFiles.keys(deletion("shapes.1/2", "images", "other/2.png"), "images"))
                .isEmpty();
        assertThat(ImageFiles.keys(deletion("shapes.1/2", "images", "shapes.1/3.png"), "images"))
                .isEmpty();
        assertThat(ImageFiles.keys(deletion("shapes.1", "images", "shapes.1"), "images"))
                .isEmpty();
        assertThat(ImageFiles.keys(deletion("shapes.1/2", "others", "shapes.1/2.png"), "images"))
                .isEmpty();
        assertThat(ImageFiles.keys(deletion("shapes.1/2", null, "shapes.1/2.png"), "images"))
                .isEmpty();
        assertThat(ImageFiles.keys(
                        deletion(
                                "shapes.1/2",
                                "images",
                                "shapes.1/../2.png",
                                "/shapes.1/2.png",
                                "shapes.1//2.png",
                                "shapes.1/./2.png",
                                "shapes.1/2.png?x",
                                "shapes.1/2\u00e9.png"),
                        "images"))
                .isEmpty();
        assertThat(ImageFiles.keys(deletion("shapes.1/2", "images", "2026/11/shapes.1-2.png"), "images"))
                .containsExactly("2026/11/shapes.1-2.png");
    }

    @Test
    void shouldTakeNoImageForTheJsonOfAnother() throws Exception {
        // Given: with the template {index}/{prompt}, the image of another prompt
        put("0/p", "image/png");
        put("0/p.json", "image/png");

        // When
        ImageFiles.delete(deletion("p/0", "images", "0/p"), store);

        // Then
        assertThat(store.size()).isEqualTo(1);
        assertThat(store.object("0/p.json").contentType()).isEqualTo("image/png");
    }
}
