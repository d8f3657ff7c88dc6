package org.dallemini.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.VqganEncoder;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.schemas.Topics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prompts that bring the first rows of their images, through all stages. */
class CompletionIT {
    private static final String RED = "a red circle on a blue background";
    private static final int ROWS = 4, COLUMNS = 8;
    private static final Topics TOPICS = new Topics("");

    @TempDir
    static Path folder;

    private static Pipeline pipeline;

    @BeforeAll
    static void startStack() throws Exception {
        pipeline = Pipeline.start(folder, Map.of());
    }

    @AfterAll
    static void stopStack() {
        pipeline.close();
    }

    @Test
    void shouldCompleteTokensAndPicturesAndSetTheRestAside() throws Exception {
        // Given: a whole image
        pipeline.publish(List.of(prompt("whole", RED).build()));
        int[] whole = tokens("whole");
        byte[] picture = png("whole");
        byte[] upper = Arrays.copyOf(bytes("whole"), 2 * ROWS * COLUMNS);

        // When
        pipeline.publish(List.of(
                prompt("again", RED).setPrefix(ofTokens(upper)).build(),
                prompt("foreign", RED).setPrefix(ofTokens(0, 4)).build(), // 1024, the codebook ends before it
                prompt("odd", RED).setPrefix(ofTokens(1, 2, 3)).build(),
                prompt("cut-off", RED)
                        .setPrefix(ofPicture(Arrays.copyOf(picture, picture.length / 2)))
                        .build(),
                prompt("bomb", RED).setPrefix(ofPicture(bomb(picture))).build(),
                prompt("text", RED).setPrefix(ofPicture(RED.getBytes())).build(),
                prompt("other", "a green square on a white background")
                        .setPrefix(ofPicture(picture))
                        .build(),
                prompt("plain", RED).build()));

        // Then: what completes
        assertThat(tokens("again")).containsExactly(whole);
        assertThat(png("again")).as("the text inside differs").isNotEqualTo(picture);
        assertThat(pixels(png("again"))).isEqualTo(pixels(picture));
        assertThat(tokens("plain")).containsExactly(whole);
        assertThat(png("plain")).isEqualTo(picture);
        int[] seen = Arrays.copyOf(encoded(picture), ROWS * COLUMNS);
        assertThat(tokens("other")).startsWith(seen).isNotEqualTo(whole);
        assertThat(prefix("other").getPicture()).isNull();
        assertThat(prefix("other").getRows()).isNull();
        assertThat(Pipeline.tokens(prefix("other").getTokens())).containsExactly(seen);

        // And: what does not
        Map<String, String> refused = pipeline.deadLetters(Topics.deadLetters(TOPICS.prompts()), Set.of("odd"));
        assertThat(refused).hasSize(1);
        assertThat(refused.get("odd")).startsWith("invalid-prefix: ").contains("3 bytes");
        Map<String, String> rejected = pipeline.deadLetters(
                Topics.deadLetters(TOPICS.imageRequests()), Set.of("foreign", "cut-off", "bomb", "text"));
        assertThat(rejected).hasSize(4).allSatisfy((id, letter) -> assertThat(letter)
                .startsWith("invalid-prefix: image " + id + "/0: "));
        assertThat(rejected.get("foreign")).contains("token 0 is 1024", "0 to 1023");
        assertThat(rejected.get("cut-off")).contains("damaged");
        assertThat(rejected.get("bomb")).contains("100000 x 100000 pixels");
        assertThat(rejected.get("text")).contains("neither PNG nor JPEG");
    }

    private static PromptRequest.Builder prompt(String id, String text) {
        return PromptRequest.newBuilder().setId(id).setText(text).setSeed(3L);
    }

    private static ImagePrefix ofTokens(int... bytes) {
        byte[] narrow = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            narrow[i] = (byte) bytes[i];
        }
        return ofTokens(narrow);
    }

    private static ImagePrefix ofTokens(byte... bytes) {
        return new ImagePrefix(ByteBuffer.wrap(bytes), null, null);
    }

    private static ImagePrefix ofPicture(byte... file) {
        return new ImagePrefix(null, ByteBuffer.wrap(file), ROWS);
    }

    /** A small file that says it has ten billion pixels. */
    private static byte[] bomb(byte... png) {
        int header = 8 + 4;
        ByteBuffer bytes = ByteBuffer.wrap(png.clone());
        bytes.putInt(header + 4, 100_000).putInt(header + 8, 100_000);
        var checksum = new CRC32();
        checksum.update(bytes.array(), header, 4 + 13);
        return bytes.putInt(header + 4 + 13, (int) checksum.getValue()).array();
    }

    private static ImageTokens record(String id) {
        return Objects.requireNonNull(pipeline.collect(TOPICS.imageTokens(), ImageTokens.class, Set.of(id))
                .get(id));
    }

    private static int[] tokens(String id) {
        return Pipeline.tokens(record(id));
    }

    private static byte[] bytes(String id) {
        ByteBuffer tokens = record(id).getTokens();
        byte[] bytes = new byte[tokens.remaining()];
        tokens.get(bytes);
        return bytes;
    }

    private static StoredImage stored(String id) {
        return Objects.requireNonNull(pipeline.collect(TOPICS.storedImages(), StoredImage.class, Set.of(id))
                .get(id));
    }

    private static ImagePrefix prefix(String id) {
        return stored(id).getRequest().getPrefix();
    }

    private static byte[] png(String id) throws Exception {
        return pipeline.object(stored(id).getKey());
    }

    private static byte[] pixels(byte... png) throws Exception {
        return Pictures.pixels(Pictures.read(png, Pictures.MAX_PIXELS)).rgb();
    }

    private static int[] encoded(byte... png) throws Exception {
        Path vqgan = Path.of(System.getProperty("dallemini.root"), "models", "shapes", "vqgan");
        try (VqganEncoder encoder =
                VqganEncoder.open(vqgan, new ModelCache(folder.resolve("models")), new Sessions(1))) {
            return encoder.encode(Pictures.pixels(Pictures.read(png, Pictures.MAX_PIXELS)));
        }
    }
}
