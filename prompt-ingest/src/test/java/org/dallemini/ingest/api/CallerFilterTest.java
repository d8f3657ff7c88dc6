package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.http.Caller;
import org.dallemini.policy.PromptFilter;
import org.dallemini.policy.PromptFilterSettings;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.prompt.Verdict;
import org.dallemini.prompt.Verdict.Accepted;
import org.dallemini.prompt.Verdict.Refused;
import org.dallemini.prompt.testing.Filters;
import org.dallemini.stage.config.FilterMode;
import org.dallemini.stage.moderation.Release;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallerFilterTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<String> refusals = new ArrayList<>();

    private CallerFilter filter(FilterMode own) {
        var settings = new PromptFilterSettings(
                new AbstractConfig(PromptFilterSettings.define(new ConfigDef()), Map.of(), false));
        return new CallerFilter(
                new FilterModes(own, true),
                EnumSet.allOf(FilterMode.class),
                mode -> new PromptValidator(
                        PromptLimits.DEFAULT, PromptFilter.of(settings, mode, PromptFilter.Door.API, meters)),
                (caller, prompt, why) -> refusals.add(caller.name() + " " + prompt.getId() + " " + why.field()));
    }

    private static PromptRequest prompt(String text) {
        return PromptRequest.newBuilder().setId("p").setJobId("j").setText(text).build();
    }

    private String counted() {
        return meters.getMeters().stream()
                .map(meter -> String.valueOf(meter.getId().getTag("outcome")))
                .findFirst()
                .orElse("nothing");
    }

    @ParameterizedTest
    @CsvSource({
        "REFUSE,        , refused,  refused",
        "REFUSE,  REFUSE, refused,  refused",
        "REFUSE,    FLAG, released, released",
        "REFUSE,     OFF, released, released",
        "FLAG,          , accepted, flagged",
        "FLAG,    REFUSE, refused,  refused",
        "FLAG,       OFF, accepted, nothing",
        "OFF,           , accepted, nothing",
        "OFF,     REFUSE, refused,  refused",
        "OFF,       FLAG, accepted, flagged"
    })
    void shouldJudgeByTheKeyAndSignWhatTheIntakeWouldRefuse(
            FilterMode own, FilterMode ofKey, String outcome, String counted) {
        // When
        Verdict verdict = filter(own).check(new Caller("k", ofKey), prompt(Filters.REFUSED));

        // Then
        assertThat(verdict instanceof Refused).isEqualTo(outcome.equals("refused"));
        assertThat(refusals).isEqualTo(outcome.equals("refused") ? List.of("k p /text") : List.of());
        assertThat(verdict instanceof Accepted accepted ? accepted.release() : Optional.empty())
                .isEqualTo(
                        outcome.equals("released")
                                ? Optional.of(new Release("key k", "filter.prompt=" + ofKey.key()))
                                : Optional.empty());
        assertThat(counted()).isEqualTo(counted);
    }

    @Test
    void shouldSignNothingThatTheIntakeTakes() {
        Verdict verdict = filter(FilterMode.REFUSE).check(new Caller("k", FilterMode.FLAG), prompt(Filters.FLAGGED));

        assertThat(((Accepted) verdict).release()).isEmpty();
    }

    @Test
    void shouldWriteDownNothingElseThatIsRefused() {
        Verdict verdict = filter(FilterMode.REFUSE).check(Caller.ANYBODY, prompt(" "));

        assertThat(verdict).isInstanceOf(Refused.class);
        assertThat(refusals).isEmpty();
    }
}
