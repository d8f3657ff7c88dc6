package org.dallemini.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.header.Headers;
import org.dallemini.stage.moderation.Release;
import org.dallemini.stage.moderation.Releases;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReleasesTest {
    private static final String SECRET = "0123456789abcdef";
    private static final Release RELEASE = new Release("Ann", "a statue, from the catalogue of Łódź");
    private static final byte[] VALUE = "value".getBytes(UTF_8);

    private final Releases releases = with(SECRET);
    private final ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>("topic", null, "key".getBytes(UTF_8), VALUE);
    private final Headers headers = record.headers();

    private static Releases with(String secret) {
        return Releases.of(new AbstractConfig(Releases.define(new ConfigDef()), Map.of(Releases.KEY, secret), false));
    }

    private Optional<Release> of(byte @Nullable [] value) {
        return releases.of("topic", record.key(), headers, value);
    }

    @Test
    void shouldBelieveWhatWasSignedForTheValue() {
        releases.sign(record, RELEASE);
        assertThat(with(SECRET).of("topic", record.key(), headers, VALUE)).contains(RELEASE);
    }

    @Test
    void shouldReplaceAnEarlierRelease() {
        releases.sign(record, new Release("Bob", "no reason"));
        releases.sign(record, RELEASE);
        assertThat(of(VALUE)).contains(RELEASE);
        assertThat(headers.headers(Releases.BY)).hasSize(1);
    }

    @Test
    void shouldNotBelieveARecordWithoutRelease() {
        assertThat(of(VALUE)).isEmpty();
        assertThat(of(null)).isEmpty();
    }

    @Test
    void shouldNotBelieveAReleaseOfAnotherValue() {
        releases.sign(record, RELEASE);
        assertThat(of("other value".getBytes(UTF_8))).isEmpty();
    }

    /** What it lets pass comes once: under another key or id it would be another prompt. */
    @Test
    void shouldNotBelieveAReleaseOfTheSameValueElsewhere() {
        releases.sign(record, RELEASE);
        assertThat(releases.of("topic", "other".getBytes(UTF_8), headers, VALUE))
                .isEmpty();
        assertThat(releases.of("topic", null, headers, VALUE)).isEmpty();
        assertThat(releases.of("other", record.key(), headers, VALUE)).isEmpty();
        headers.add("ce_id", "another id".getBytes(UTF_8));
        assertThat(of(VALUE)).isEmpty();
    }

    @Test
    void shouldForgetTheSignature() {
        releases.sign(record, RELEASE);
        Releases.forget(headers);
        assertThat(of(VALUE)).isEmpty();
        assertThat(headers.lastHeader(Releases.BY)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {Releases.BY, Releases.REASON, Releases.SIGNATURE})
    void shouldNotBelieveWhatWasForged(String header) {
        releases.sign(record, RELEASE);
        headers.remove(header);
        assertThat(of(VALUE)).isEmpty();
        headers.add(header, "Mallory".getBytes(UTF_8));
        assertThat(of(VALUE)).isEmpty();
        headers.remove(header);
        headers.add(header, null);
        assertThat(of(VALUE)).isEmpty();
    }

    @Test
    void shouldNotBelieveAnotherKeysOrWithoutOne() {
        releases.sign(record, RELEASE);
        assertThat(with("another key, as long").of("topic", record.key(), headers, VALUE))
                .isEmpty();
        assertThat(with("").of("topic", record.key(), headers, VALUE)).isEmpty();
        assertThat(with("").arePossible()).isFalse();
        assertThatThrownBy(() -> with("").sign(record, RELEASE)).hasMessageContaining(Releases.KEY);
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
