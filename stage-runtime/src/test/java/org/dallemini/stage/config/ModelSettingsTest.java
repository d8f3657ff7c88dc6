package org.dallemini.stage.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelSettingsTest {

    @Test
    void shouldTakeWhatIsSet() {
        ModelSettings settings = settings(Map.of(
                "model", "models/shapes",
                "models.dir", "pulled",
                "model.cache", "cache",
                "device", "cuda:1",
                "threads", "3",
                "spinning", "true"));

        assertThat(settings.model()).isEqualTo("models/shapes");
        assertThat(settings.modelsDir()).isEqualTo("pulled");
        assertThat(settings.cache()).isEqualTo("cache");
        assertThat(settings.device()).isEqualTo("cuda:1");
        assertThat(settings.threads()).isEqualTo(3);
        assertThat(settings.spinning()).isTrue();
    }

    @Test
    void shouldHaveDefaultsForAllButTheModel() {
        ModelSettings settings = settings(Map.of("model", "m"));

        assertThat(settings.cache()).isEmpty();
        assertThat(settings.device()).isEqualTo("cpu");
        assertThat(settings.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(settings.spinning()).isFalse();
        assertThatThrownBy(() -> settings(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("\"model\"");
    }

    @ParameterizedTest
    @CsvSource({"threads, -1", "device, gpu", "device, cuda", "device, cuda:-1", "device, ''", "model, ''"})
    void shouldRefuseValuesOutOfRange(String key, String value) {
        Map<String, String> values = key.equals("model") ? Map.of(key, value) : Map.of("model", "m", key, value);

        assertThatThrownBy(() -> settings(values))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key);
    }

    private static ModelSettings settings(Map<String, String> values) {
        ConfigDef definition = ModelSettings.define(StageConfig.definition());
        return new ModelSettings(new StageConfig(definition, values));
    }
}
