package org.dallemini.models.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.dallemini.models.pull.Http.Redirects;
import org.dallemini.models.pull.PullException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTest {

    @ParameterizedTest
    @CsvSource({
        "https://hub/a/b, c, https://hub/a/c",
        "https://hub/a/b, /c?d=e, https://hub/c?d=e",
        "https://hub/a, https://cdn:8443/b, https://cdn:8443/b",
        "http://hub/a, https://hub/a, https://hub/a"
    })
    void shouldFollowRedirects(URI from, String location, URI target) throws PullException {
        assertThat(Http.redirect(from, location)).isEqualTo(target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://hub/a", "HTTP://hub/a", "ftp://hub/a", "file:///etc/passwd", "https:///a", "a b"})
    void shouldNotFollowRedirectsToWhatIsNotHttps(String location) {
        // When
        PullException failure = catchThrowableOfType(
                PullException.class, () -> Http.redirect(URI.create("https://hub/a?signature=secret"), location));

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessageContaining("https://hub/a redirects").hasMessageNotContaining("secret");
    }

    @Test
    void shouldReadHowLongToWait() {
        // Given
        String inAMinute = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Clock.systemUTC().instant().plusSeconds(60).atZone(ZoneOffset.UTC));

        // When / Then
        assertThat(Http.retryAfter("7")).isEqualTo(Duration.ofSeconds(7));
        assertThat(Http.retryAfter(inAMinute)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60));
        assertThat(Http.retryAfter("Wed, 21 Oct 2015 07:28:00 GMT")).isEqualTo(Duration.ZERO);
        assertThat(Http.retryAfter("soon")).isNull();
        assertThat(Http.retryAfter("-1")).isNull();
    }

    @Test
    void shouldSayThatThereIsNoSuchHost() {
        // When
        PullException failure = catchThrowableOfType(PullException.class, () -> new Http(false)
                .send("GET", URI.create("https://nowhere.invalid/a"), Map.of(), null, Redirects.ALL));

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("There is no host nowhere.invalid");
    }
}
