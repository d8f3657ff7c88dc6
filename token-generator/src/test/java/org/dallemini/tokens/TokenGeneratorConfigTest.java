package org.dallemini.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.precision.Processor;
import org.dallemini.tokens.batch.LaneShares;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenGeneratorConfigTest {

    @ParameterizedTest
    @CsvSource({"16, 256, 2, 12", "8, 256, 1, 24", "32, 64, 4, 1", "1, 256, 0, 192", "2, 256, 1, 96"})
    void shouldChooseSharesThatFitTheBatch(int slots, int steps, int bulk, int spacing) {
        // Given
        TokenGeneratorConfig config = new TokenGeneratorConfig(Map.of("model", "models/shapes"));

        // Then
        assertThat(config.shares(slots, steps)).isEqualTo(new LaneShares(slots, bulk, 0, spacing));
    }

    @Test
    void shouldTakeWhatIsSet() {
        TokenGeneratorConfig config = new TokenGeneratorConfig(Map.of(
                "model", "models/shapes",
                "bart.precision", "int4",
                "batch.size", "10",
                "bulk.reserved", "3",
                "interactive.reserved", "2",
                "bulk.spacing.steps", "7"));

        assertThat(config.shares(99, 256)).isEqualTo(new LaneShares(10, 3, 2, 7));
        assertThat(config.precision()).isEqualTo(Precision.INT4);
    }

    @Test
    void shouldLeaveInteractiveImagesTheirReserveWhenChoosingThatOfBulk() {
        TokenGeneratorConfig config =
                new TokenGeneratorConfig(Map.of("model", "m", "batch.size", "2", "interactive.reserved", "1"));

        assertThat(config.shares(99, 256).bulkReserved()).isZero();
    }

    @Test
    void shouldChooseAPrecisionByItself() {
        assertThat(new TokenGeneratorConfig(Map.of("model", "m")).precision())
                .isEqualTo(Processor.hasByteProducts() ? Precision.INT8 : Precision.FP32);
        assertThat(new TokenGeneratorConfig(Map.of("model", "m", "device", "cuda:0")).precision())
                .isEqualTo(Precision.FP32);
    }

    @Test
    void shouldRefuseAPrecisionThatThereIsNot() {
        assertThatThrownBy(() -> new TokenGeneratorConfig(Map.of("model", "m", "bart.precision", "fp16")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("bart.precision")
                .hasMessageContaining("int8");
    }

    @ParameterizedTest
    @CsvSource({"batch.size, 0", "bulk.reserved, 16", "interactive.reserved, 16"})
    void shouldRefuseSharesThatLeaveALaneNothing(String key, String value) {
        TokenGeneratorConfig config = new TokenGeneratorConfig(Map.of("model", "m", key, value));

        assertThatThrownBy(() -> config.shares(16, 256))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("batch.size");
    }
}
