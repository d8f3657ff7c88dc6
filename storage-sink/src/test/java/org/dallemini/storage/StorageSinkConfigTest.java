package org.dallemini.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageSinkConfigTest {
    private static final Map<String, String> KEYS = Map.of("s3.access.key", "access", "s3.secret.key", "hush-hush");

    @Test
    void shouldHaveDefaultsForAllButTheKeys() {
        StorageSinkConfig config = new StorageSinkConfig(KEYS);
        assertThat(config.s3().endpoint()).isEqualTo("http://localhost:9000");
        assertThat(config.s3().bucket()).isEqualTo("images");
        assertThat(config.s3().createBucket()).isTrue();
        assertThat(config.parallelUploads()).isEqualTo(8);
        assertThat(config.plan().of(Images.image("p", 3))).isNotNull();
    }

    @Test
    void shouldAskForTheKeys() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new StorageSinkConfig(Map.of()))
                .withMessageContaining("s3.access.key");
    }

    @Test
    void shouldNotShowTheSecret() {
        StorageSinkConfig config = new StorageSinkConfig(KEYS);
        assertThat(config.s3().toString() + config.stage().values()).doesNotContain("hush-hush");
    }

    @ParameterizedTest
    @CsvSource({
        "s3.endpoint, localhost:9000",
        "s3.endpoint, http://host:9000/path",
        "s3.bucket, Images",
        "s3.bucket, a/b",
        "object.key.template, {prompt}.png",
        "parallel.uploads, 0",
        "sidecar, maybe",
    })
    void shouldRefuseBadValue(String name, String value) {
        Map<String, String> values = new HashMap<>(KEYS);
        values.put(name, value);
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new StorageSinkConfig(values))
                .withMessageContaining(name);
    }

    @Test
    void shouldOpenTheUpscalerWhenThePlanIsMade() {
        // Given
        Map<String, String> values = new HashMap<>(KEYS);
        values.put("upscale.model", "none.onnx");
        StorageSinkConfig config = new StorageSinkConfig(values);

        // When, Then
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(config::plan)
                .withMessageContainingAll("upscale.model", "none.onnx");
    }

    @Test
    void shouldRefuseSidecarsThatTheTemplateHasNoRoomFor() {
        Map<String, String> values = new HashMap<>(KEYS);
        values.put("sidecar", "true");
        values.put("object.key.template", "{image}");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new StorageSinkConfig(values))
                .withMessageContaining("sidecar");
    }
}
