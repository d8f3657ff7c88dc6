package org.dallemini.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.StoredImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UploadPlanTest {
    private static final Clock CLOCK = Clock.fixed(Images.REQUESTED, ZoneOffset.UTC);
    private final FakeObjectStore store = new FakeObjectStore();
    private final UploadPlan plan = new UploadPlan(ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), false);

    @Test
    void shouldWriteImageWithItsFacts() throws Exception {
        // When
        StoredImage event = plan.of(Images.image("p", 2)).to(store, CLOCK);

        // Then
        assertThat(store.object("p/2.png").content()).asString().isEqualTo("picture p2");
        assertThat(store.object("p/2.png").contentType()).isEqualTo("image/png");
        assertThat(store.object("p/2.png").metadata())
                .containsEntry("image-id", "p/2")
                .containsEntry("job-id", "job-1")
                .containsEntry("prompt", "a red circle")
                .containsEntry("seed", "44")
                .containsEntry("token-model", "mini")
                .containsEntry("decoder-model-revision", "0123456789abcdef".repeat(4))
                .containsEntry("sha256", Images.sha256("picture p2".getBytes(StandardCharsets.UTF_8)))
                .doesNotContainKey("prompt-truncated");
        assertThat(event.getBucket()).isEqualTo("images");
        assertThat(event.getKey()).isEqualTo("p/2.png");
        assertThat(event.getSize()).isEqualTo(10);
        assertThat(event.getSha256())
                .isEqualTo(store.object("p/2.png").metadata().get("sha256"));
        assertThat(event.getRequest()).isEqualTo(Images.request("p", 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "😀", "red "})
    void shouldCutLongPromptToS3sLimit(String word) {
        // Given
        ImageRequest request = ImageRequest.newBuilder(Images.request("p".repeat(120), 0))
                .setText(word.repeat(10_000))
                .build();

        // When
        var metadata = ObjectMetadata.of(Images.image(request, new byte[1]));

        // Then
        assertThat(ObjectMetadata.size(metadata)).isBetween(2_020, 2_048);
        assertThat(metadata).containsEntry("prompt-truncated", "true");
        assertThat(metadata.values()).allMatch(v -> v.matches("[ -~]*"));
    }

    @Test
    void shouldRefuseDamagedImage() {
        GeneratedImage damaged = GeneratedImage.newBuilder(Images.image("p", 0))
                .setSha256("00ff")
                .build();
        assertThatThrownBy(() -> plan.of(damaged))
                .isInstanceOf(InvalidImageException.class)
                .hasMessageContaining("00ff");
    }

    @Test
    void shouldRefuseContentTypeThatIsNone() {
        GeneratedImage hostile = GeneratedImage.newBuilder(Images.image("p", 0))
                .setContentType("image/png\r\nx-amz-acl: public-read")
                .build();
        assertThatThrownBy(() -> plan.of(hostile))
                .isInstanceOf(InvalidImageException.class)
                .hasMessageContaining("%0D%0A");
    }

    @Test
    void shouldWriteSidecarOnRequest() throws Exception {
        // Given
        UploadPlan withSidecars = new UploadPlan(ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), true);

        // When
        withSidecars.of(Images.image("p", 1)).to(store, CLOCK);

        // Then
        JsonNode json = new ObjectMapper().readTree(store.object("p/1.png.json").content());
        assertThat(json.path("text").asText()).isEqualTo("a red circle");
        assertThat(json.path("seed").asLong()).isEqualTo(43);
        assertThat(json.path("sampling").path("topK").asInt()).isEqualTo(50);
        assertThat(json.path("labels").toString()).isEqualTo("{\"a\":\"1\",\"b\":\"2\"}");
        assertThat(json.path("negativeText").isNull()).isTrue();
        assertThat(store.object("p/1.png.json").contentType()).isEqualTo("application/json");
    }

    @Test
    void shouldSayHowManyTokensWereGiven() throws Exception {
        // Given
        UploadPlan withSidecars = new UploadPlan(ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), true);
        ImageRequest completed = ImageRequest.newBuilder(Images.request("p", 3))
                .setPrefix(new ImagePrefix(ByteBuffer.wrap(new byte[64]), null, null))
                .build();

        // When
        withSidecars.of(Images.image(completed, new byte[1])).to(store, CLOCK);
        withSidecars.of(Images.image("p", 4)).to(store, CLOCK);

        // Then
        assertThat(store.object("p/3.png").metadata()).containsEntry("prefix-tokens", "32");
        assertThat(store.object("p/4.png").metadata()).doesNotContainKey("prefix-tokens");
        assertThat(prefixTokens("p/3.png.json")).isEqualTo(32);
        assertThat(prefixTokens("p/4.png.json")).isZero();
    }

    private int prefixTokens(String key) throws IOException {
        return new ObjectMapper()
                .readTree(store.object(key).content())
                .path("prefixTokens")
                .asInt(-1);
    }

    @Test
    void shouldRefuseSidecarsThatCouldReplaceImages() {
        ObjectKeyTemplate template = ObjectKeyTemplate.parse("{image}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new UploadPlan(template, true))
                .withMessageContaining(".png");
    }
}
