package org.dallemini.models.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
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
    void shouldSayThatThereIsNoSuchHost() {
        // When
        PullException failure = catchThrowableOfType(PullException.class, () -> new Http(false)
                .send("GET", URI.create("https://nowhere.invalid/a"), Map.of(), null, Redirects.ALL));

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("There is no host nowhere.invalid");
    }
}
