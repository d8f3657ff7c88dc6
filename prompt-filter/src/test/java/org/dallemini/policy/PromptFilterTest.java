package org.dallemini.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.policy.PromptFilter.Door;
import org.dallemini.policy.PromptJudgement.Flagged;
import org.dallemini.policy.PromptJudgement.Passed;
import org.dallemini.policy.PromptJudgement.Refused;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptFilterTest {
    private static final String POLICY = """
            {"name": "weather", "version": "3", "categories": [
              {"name": "storms", "action": "refuse", "terms": ["storm*"], "exceptions": ["brain storm*", "storm glass"]},
              {"name": "rain", "action": "flag", "terms": ["rain", "drizzle"]},
              {"name": "wet-animals", "action": "refuse", "terms": ["rain"], "with": ["cat", "dog"]}]}
            """;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @TempDir
    private Path folder;

    private Path policy;

    @BeforeEach
    void write() throws IOException {
        policy = Files.writeString(folder.resolve("policy.json"), POLICY);
    }

    private PromptFilter filter(String mode) {
        return filter(Map.of("filter.prompt", mode, "filter.prompt.policy", policy.toString()));
    }

    private PromptFilter filter(Map<String, String> values) {
        var config = new AbstractConfig(PromptFilterSettings.define(new ConfigDef()), values, false);
        return PromptFilter.of(new PromptFilterSettings(config), Door.INTAKE, meters)
                .orElseThrow();
    }

    private PromptJudgement judge(String text) {
        return filter("refuse").judge(text, null, false);
    }

    @ParameterizedTest
    @CsvSource({
        "a sunny day, passed",
        "a storm, storms",
        "stormy weather with rain, storms",
        "rain, rain",
        "a cat in the rain, wet-animals",
        "brain storming, passed",
        "a storm glass, passed",
        "a storm glass in a storm, storms"
    })
    void shouldDecideByThePolicy(String text, String category) {
        PromptJudgement judgement = judge(text);

        assertThat(judgement.policy()).isEqualTo("weather 3");
        assertThat(judgement)
                .isEqualTo(
                        switch (category) {
                            case "passed" -> new Passed("weather 3");
                            case "rain" -> new Flagged("weather 3", category);
                            default -> new Refused("weather 3", category, false);
                        });
    }

    @Test
    void shouldFlagAllThatIsFoundWhereNothingIsRefused() {
        assertThat(filter("flag").judge("a storm", null, false)).isEqualTo(new Flagged("weather 3", "storms"));
    }

    @Test
    void shouldJudgeANegativeTextWhereItIsDrawn() {
        PromptFilter filter = filter("refuse");

        assertThat(filter.judge("a boat", "storm", false)).isEqualTo(new Passed("weather 3"));
        assertThat(filter.judge("a boat", "rain", true)).isEqualTo(new Flagged("weather 3", "rain"));
        assertThat(filter.judge("a boat", "storm", true)).isEqualTo(new Refused("weather 3", "storms", true));
    }

    @Test
    void shouldCountByCategory() {
        PromptFilter filter = filter("refuse");

        filter.judge("a storm", null, false);
        filter.judge("rain", null, false);
        filter.judge("sun", null, false);
        filter.judge("a storm", null, false, true);

        assertThat(count("refused", "storms")).isEqualTo(1);
        assertThat(count("flagged", "rain")).isEqualTo(1);
        assertThat(count("released", "storms")).isEqualTo(1);
        assertThat(meters.getMeters()).hasSize(3);
    }

    private double count(String outcome, String category) {
        return meters.get("dallemini.filter.prompts")
                .tags("door", "intake", "outcome", outcome, "category", category)
                .counter()
                .count();
    }

    @Test
    void shouldJudgeNothingWhenItIsOff() {
        var config =
                new AbstractConfig(PromptFilterSettings.define(new ConfigDef()), Map.of("filter.prompt", "off"), false);

        assertThat(PromptFilter.of(new PromptFilterSettings(config), Door.API, meters))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "{}",
                "null",
                "{\"name\": \"w\", \"version\": \"1\", \"categories\": [], \"insults\": {\"flagAbove\": 99}}",
                "{\"name\": \"Weather\", \"version\": \"1\", \"categories\": []}",
                "{\"name\": \"w\", \"version\": \"1\", \"categories\": [{\"name\": \"x\", \"action\": \"burn\", \"terms\": []}]}",
                "{\"name\": \"w\", \"version\": \"1\", \"categories\": [{\"name\": \"x\", \"action\": \"flag\", \"terms\": [\"a*\"]}]}",
                "{\"name\": \"w\", \"version\": \"1\", \"categories\": [{\"name\": \"insult\", \"action\": \"flag\", \"terms\": []}]}",
                "{\"name\": \"w\", \"version\": \"1\", \"kategories\": []}",
            })
    void shouldSayWhatIsWrongWithAPolicy(String json) throws IOException {
        Files.writeString(policy, json);

        assertThatThrownBy(() -> filter("refuse"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("filter.prompt.policy", policy.toString(), "is no policy");
    }

    @Test
    void shouldSayWhichPolicyIsMissing() throws IOException {
        Files.delete(policy);

        assertThatThrownBy(() -> filter("refuse"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(policy.toString(), "cannot be read");
    }
}
