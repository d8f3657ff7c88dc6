package org.dallemini.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.dalle.precision.Precision;
import org.junit.jupiter.api.Test;

class ImageDecoderConfigTest {

    @Test
    void shouldDrawAsTheOriginalUnlessToldOtherwise() {
        assertThat(new ImageDecoderConfig(Map.of("model", "m")).precision()).isEqualTo(Precision.FP32);
        assertThat(new ImageDecoderConfig(Map.of("model", "m", "vqgan.precision", "int8")).precision())
                .isEqualTo(Precision.INT8);
    }

    @Test
    void shouldRefuseAPrecisionThatTheVqganHasNot() {
        assertThatThrownBy(() -> new ImageDecoderConfig(Map.of("model", "m", "vqgan.precision", "int4")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("vqgan.precision");
    }

    @Test
    void shouldHaveTheSettingsOfEveryStageAndOfAModel() {
        ImageDecoderConfig config = new ImageDecoderConfig(Map.of("model", "m", "threads", "3", "topic.prefix", "a."));

        assertThat(config.stage().topics().imageTokens()).isEqualTo("a.image-tokens");
        assertThat(config.model().threads()).isEqualTo(3);
    }

    @Test
    void shouldKeepRefusedPicturesInABucketOfTheirOwnIfAsked() {
        var settings = new HashMap<>(Map.of("model", "m", "s3.access.key", "a", "s3.secret.key", "s"));
        assertThat(new ImageDecoderConfig(settings).quarantine()).isEmpty();

        settings.put("filter.image.quarantine", "refused-here");
        settings.put("filter.image.quarantine.retention.ms", "1000");
        ImageDecoderConfig config = new ImageDecoderConfig(settings);
        assertThat(config.quarantine())
                .hasValueSatisfying(bucket -> assertThat(bucket.bucket()).isEqualTo("refused-here"));
        assertThat(config.quarantineRetention()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void shouldRefuseAQuarantineThatIsNone() {
        assertRefused(Map.of("filter.image.quarantine", "Not A Bucket"), "filter.image.quarantine");
        assertRefused(Map.of("filter.image.quarantine", "away"), "needs s3.access.key and s3.secret.key");
        assertRefused(
                Map.of("filter.image.quarantine", "images", "s3.access.key", "a", "s3.secret.key", "s"),
                "is s3.bucket too");
    }

    private static void assertRefused(Map<String, String> settings, String message) {
        var all = new HashMap<>(settings);
        all.put("model", "m");
        assertThatThrownBy(() -> new ImageDecoderConfig(all))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }
}
