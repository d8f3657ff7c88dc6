package org.dallemini.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}
