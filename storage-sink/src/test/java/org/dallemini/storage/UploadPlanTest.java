package org.dallemini.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.dallemini.events.Footprint;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.StageTiming;
import org.dallemini.events.StoredImage;
import org.dallemini.renditions.Renditions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UploadPlanTest {
    private static final Clock CLOCK = Clock.fixed(Images.REQUESTED, ZoneOffset.UTC);
    private final FakeObjectStore store = new FakeObjectStore();
    private final UploadPlan plan = new UploadPlan(
            ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), false, new OutputFiles(Renditions.builtIn()));

    @Test
    void shouldWriteImageWithItsMetadata() throws Exception {
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
                .containsEntry("sha256", Images.sha256("picture p2".getBytes(UTF_8)))
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
        UploadPlan withSidecars = new UploadPlan(
                ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), true, new OutputFiles(Renditions.builtIn()));

        // When
        withSidecars.of(Images.image("p", 1)).to(store, CLOCK);

        // Then
        JsonNode json = sidecar("p/1.png.json");
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
        UploadPlan withSidecars = new UploadPlan(
                ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), true, new OutputFiles(Renditions.builtIn()));
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
        return sidecar(key).path("prefixTokens").asInt(-1);
    }

    /** The same request from another machine, precision or model. */
    @Test
    void shouldTellOfTheImageThatIsThereWhereAnotherDrawingCame() throws Exception {
        // Given
        UploadPlan withSidecars = new UploadPlan(
                ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), true, new OutputFiles(Renditions.builtIn()));
        ImageRequest request = Images.request("p", 1);
        GeneratedImage kept = GeneratedImage.newBuilder(Images.image(request, "kept".getBytes(UTF_8)))
                .setRequest(ImageRequest.newBuilder(request).setScore(-12.25).build())
                .setWidth(512)
                .setTokenModel(new ModelInfo("a+b 100% é", "feed", "int8"))
                .setTokenTiming(new StageTiming(
                        Images.REQUESTED.plusMillis(7), 1_234L, new Footprint(12.5, 0.0016, ObjectMetadata.METHOD)))
                .build();
        GeneratedImage late = Images.image(
                ImageRequest.newBuilder(request)
                        .setJobId("job-2")
                        .setCount(1)
                        .setLabels(Map.of())
                        .setRequestedAt(Images.REQUESTED.plusSeconds(86_400))
                        .build(),
                "other pixels".getBytes(UTF_8));
        StoredImage first = plan.of(kept).to(store, CLOCK);

        // When
        StoredImage second = withSidecars.of(late).to(store, CLOCK);

        // Then: all that is said of the object is true of it, and the request is that of the second
        assertThat(second)
                .isEqualTo(StoredImage.newBuilder(first)
                        .setRequest(ImageRequest.newBuilder(late.getRequest())
                                .setScore(-12.25)
                                .build())
                        .build());
        assertThat(store.object("p/1.png").content()).asString().isEqualTo("kept");
        assertThat(sidecar("p/1.png.json").path("sha256").asText()).isEqualTo(first.getSha256());
        assertThat(sidecar("p/1.png.json").path("tokenModel").path("revision").asText())
                .isEqualTo("feed");
    }

    /** As earlier versions wrote them, which did not say what was asked for; or as a store keeps them, without any. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldKnowTheContentOfAnObjectThatDoesNotSayWhatWasAskedFor(boolean hasMetadata) throws Exception {
        // Given
        GeneratedImage image = Images.image("p", 0);
        Map<String, String> metadata = new HashMap<>(ObjectMetadata.of(image));
        metadata.remove("request-sha256");
        store.put("p/0.png", bytes(image), "image/png", hasMetadata ? metadata : Map.of());

        // When
        StoredImage event = plan.of(image).to(store, CLOCK);

        // Then
        assertThat(event.getSha256()).isEqualTo(image.getSha256());
        assertThat(event.getEtag()).isEqualTo(FakeObjectStore.etag(bytes(image)));
        for (String other : new String[] {"picture p9", "longer than that"}) {
            Upload another = plan.of(Images.image(Images.request("p", 0), other.getBytes(UTF_8)));
            assertThatThrownBy(() -> another.to(store, CLOCK)).isInstanceOf(ObjectExistsException.class);
        }
        assertThat(store.object("p/0.png").content()).isEqualTo(bytes(image));
    }

    /** Anybody can write metadata into a bucket. */
    @Test
    void shouldLeaveAsideMetadataThatNobodyCanRead() throws Exception {
        // Given
        Map<String, String> metadata = new HashMap<>(ObjectMetadata.of(Images.image("p", 0)));
        metadata.putAll(Map.of(
                "sha256",
                "00ff",
                "width",
                "wide",
                "height",
                "99999999999",
                "score",
                "high",
                "token-timing",
                "yesterday/PT1S",
                "decode-timing",
                "+1000000000-12-31T23:59:59Z/PT99999999999999999S"));
        metadata.remove("token-model");
        store.put("p/0.png", new byte[7], "image/png", metadata);

        // When
        StoredImage event = plan.of(Images.image("p", 0)).to(store, CLOCK);

        // Then
        assertThat(event.getSha256()).isEqualTo("00ff");
        assertThat(event.getWidth()).isEqualTo(256);
        assertThat(event.getHeight()).isEqualTo(256);
        assertThat(event.getTokenModel().getName()).isEqualTo("mini");
        assertThat(event.getTokenTiming()).isEqualTo(Images.image("p", 0).getTokenTiming());
        assertThat(event.getDecodeTiming()).isEqualTo(Images.image("p", 0).getDecodeTiming());
    }

    @Test
    void shouldSayWhatElseLiesThere() {
        // Given
        store.put("p/0.png", new byte[7], "text/plain", Map.of());
        Upload upload = plan.of(Images.image("p", 0));

        // When / Then
        assertThatThrownBy(() -> upload.to(store, CLOCK))
                .isInstanceOf(ObjectExistsException.class)
                .hasMessageContaining("p/0.png")
                .hasMessageContaining("7 bytes of text/plain");
    }

    @Test
    void shouldGiveNoImageTheSidecarOfAnother() throws Exception {
        // Given
        UploadPlan withSidecars = new UploadPlan(
                ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), true, new OutputFiles(Renditions.builtIn()));
        plan.of(Images.image("without", 0)).to(store, CLOCK);
        store.put("stale/0.png.json", Sidecar.of(Images.image("p", 0)), "application/json", Map.of());
        store.put("text/0.png.json", "no JSON".getBytes(UTF_8), "text/plain", Map.of());

        // When: another image under a key that has one without a sidecar; an image whose sidecar is another's, or none
        Upload other = withSidecars.of(Images.image(
                ImageRequest.newBuilder(Images.request("without", 0))
                        .setText("a blue star")
                        .build(),
                new byte[1]));
        Upload stale = withSidecars.of(Images.image("stale", 0));
        Upload text = withSidecars.of(Images.image("text", 0));

        // Then
        assertThatThrownBy(() -> other.to(store, CLOCK)).isInstanceOf(ObjectExistsException.class);
        assertThat(store.stat("without/0.png.json")).isEmpty();
        assertThatThrownBy(() -> stale.to(store, CLOCK))
                .isInstanceOf(ObjectExistsException.class)
                .hasMessageContaining("stale/0.png.json");
        assertThatThrownBy(() -> text.to(store, CLOCK)).isInstanceOf(ObjectExistsException.class);
        assertThat(store.object("stale/0.png.json").content()).isEqualTo(Sidecar.of(Images.image("p", 0)));
        assertThat(store.object("text/0.png.json").content()).asString().isEqualTo("no JSON");
    }

    /** Killed between the two, or written by a version whose sidecars said less. */
    @Test
    void shouldAddTheSidecarThatIsMissingAndLeaveTheOneThatIsThere() throws Exception {
        // Given
        UploadPlan withSidecars = new UploadPlan(
                ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), true, new OutputFiles(Renditions.builtIn()));
        GeneratedImage image = Images.image("p", 0);
        plan.of(image).to(store, CLOCK);
        plan.of(Images.image("old", 0)).to(store, CLOCK);
        byte[] old = ("{\"sha256\": \"" + Images.image("old", 0).getSha256() + "\"}").getBytes(UTF_8);
        store.put("old/0.png.json", old, "application/json", Map.of());

        // When
        withSidecars.of(image).to(store, CLOCK);
        withSidecars.of(Images.image("old", 0)).to(store, CLOCK);

        // Then
        assertThat(store.object("p/0.png.json").content()).isEqualTo(Sidecar.of(image));
        assertThat(store.object("old/0.png.json").content()).isEqualTo(old);
    }

    private static byte[] bytes(GeneratedImage image) {
        byte[] bytes = new byte[image.getData().remaining()];
        image.getData().duplicate().get(bytes);
        return bytes;
    }

    private JsonNode sidecar(String key) throws IOException {
        return new ObjectMapper().readTree(store.object(key).content());
    }

    @Test
    void shouldRefuseSidecarsThatCouldReplaceImages() {
        ObjectKeyTemplate template = ObjectKeyTemplate.parse("{image}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new UploadPlan(template, true, new OutputFiles(Renditions.builtIn())))
                .withMessageContaining(".png");
    }
}
