package org.dallemini.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/** Whatever the text: it is judged, and the same again. */
class PromptFilterFuzzTest {
    private static final PromptFilter FILTER = PromptFilter.of(
                    new PromptFilterSettings(
                            new AbstractConfig(PromptFilterSettings.define(new ConfigDef()), Map.of(), false)),
                    PromptFilter.Door.INTAKE,
                    new SimpleMeterRegistry())
            .orElseThrow();

    @FuzzTest
    void shouldJudgeAnyText(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);

        assertThat(FILTER.judge(text, text, true)).isEqualTo(FILTER.judge(text, text, true));
    }
}
