package org.dallemini.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.model.session.SessionSettings;
import org.junit.jupiter.api.Test;

class ImageDecoderConfigTest {

    @Test
    void shouldReadItsSettings() {
        // When
        ImageDecoderConfig config = new ImageDecoderConfig(Map.of(
                "model",
                "models/shapes",
                "model.cache",
                "cache",
                "threads",
                "3",
                "spinning",
                "true",
                "topic.prefix",
                "a."));

        // Then
        assertThat(config.model()).isEqualTo(Path.of("models/shapes"));
        assertThat(config.modelCache()).isEqualTo(Path.of("cache"));
        assertThat(config.sessions()).isEqualTo(new SessionSettings(3, true));
        assertThat(config.stage().topics().imageTokens()).isEqualTo("a.image-tokens");
    }

    @Test
    void shouldHaveDefaultsForAllButTheModel() {
        // When
        ImageDecoderConfig config = new ImageDecoderConfig(Map.of("model", "models/shapes"));

        // Then
        assertThat(config.modelCache().isAbsolute()).isTrue();
        assertThat(config.modelCache().getFileName()).hasToString("dallemini");
        assertThat(config.sessions())
                .isEqualTo(new SessionSettings(Runtime.getRuntime().availableProcessors(), false));
        assertThatThrownBy(() -> new ImageDecoderConfig(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("\"model\"");
    }

    @Test
    void shouldRefuseValuesOutOfRange() {
        assertThatThrownBy(() -> new ImageDecoderConfig(Map.of("model", "m", "threads", "-1")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("threads");
    }
}
