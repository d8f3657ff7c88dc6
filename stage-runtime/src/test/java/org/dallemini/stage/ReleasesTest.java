package org.dallemini.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.stage.moderation.Release;
import org.dallemini.stage.moderation.Releases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReleasesTest {
    private static final String SECRET = "0123456789abcdef";
    private static final Release RELEASE = new Release("Ann", "a statue, from the catalogue of Łódź");
    private static final byte[] VALUE = "value".getBytes(UTF_8);

    private final Releases releases = with(SECRET);
    private final RecordHeaders headers = new RecordHeaders();

    private static Releases with(String secret) {
        return Releases.of(new AbstractConfig(Releases.define(new ConfigDef()), Map.of(Releases.KEY, secret), false));
    }

    @Test
    void shouldBelieveWhatWasSignedForTheValue() {
        releases.sign(headers, VALUE, RELEASE);
        assertThat(with(SECRET).of(headers, VALUE)).contains(RELEASE);
    }

    @Test
    void shouldReplaceAnEarlierRelease() {
        releases.sign(headers, VALUE, new Release("Bob", "no reason"));
        releases.sign(headers, VALUE, RELEASE);
        assertThat(releases.of(headers, VALUE)).contains(RELEASE);
        assertThat(headers.headers(Releases.BY)).hasSize(1);
    }

    @Test
    void shouldNotBelieveARecordWithoutRelease() {
        assertThat(releases.of(headers, VALUE)).isEmpty();
        assertThat(releases.of(headers, null)).isEmpty();
    }

    @Test
    void shouldNotBelieveAReleaseOfAnotherValue() {
        releases.sign(headers, VALUE, RELEASE);
        assertThat(releases.of(headers, "other value".getBytes(UTF_8))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {Releases.BY, Releases.REASON, Releases.SIGNATURE})
    void shouldNotBelieveWhatWasForged(String header) {
        releases.sign(headers, VALUE, RELEASE);
        headers.remove(header);
        assertThat(releases.of(headers, VALUE)).isEmpty();
        headers.add(header, "Mallory".getBytes(UTF_8));
        assertThat(releases.of(headers, VALUE)).isEmpty();
        headers.remove(header);
        headers.add(header, null);
        assertThat(releases.of(headers, VALUE)).isEmpty();
    }

    @Test
    void shouldNotBelieveAnotherKeysOrWithoutOne() {
        releases.sign(headers, VALUE, RELEASE);
        assertThat(with("another key, as long").of(headers, VALUE)).isEmpty();
        assertThat(with("").of(headers, VALUE)).isEmpty();
        assertThat(with("").arePossible()).isFalse();
        assertThatThrownBy(() -> with("").sign(headers, VALUE, RELEASE)).hasMessageContaining(Releases.KEY);
    }

    @Test
    void shouldRefuseAShortKeyWithoutTellingIt() {
        assertThatThrownBy(() -> with("tellme"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("16 characters")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("tellme"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two\nlines"})
    void shouldRefuseWhatSaysNothing(String text) {
        assertThatThrownBy(() -> new Release(text, "reason")).hasMessageContaining("name");
        assertThatThrownBy(() -> new Release("name", text)).hasMessageContaining("reason");
        assertThatThrownBy(() -> new Release("name", "r".repeat(501))).hasMessageContaining("500");
    }
}
