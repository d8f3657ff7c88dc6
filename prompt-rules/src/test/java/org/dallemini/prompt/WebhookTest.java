package org.dallemini.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ftp://example.com/ | https://",
                "example.com/hook | https://",
                "//example.com/ | https://",
                "https:///path | host",
                "https://example.com:0/ | host",
                "https://example.com:65536/ | host",
                "https://user:secret@example.com/ | credentials",
                "https://@example.com/ | credentials",
                "https://a@b@example.com/ | credentials",
                "https://example.com/#part | fragment",
                "https://example.com/a b | none",
                "https://example.com/é | ASCII",
                "https://exämple.com/ | host",
                "'' | https://"
            })
    void shouldRefuseWhatIsNoUrlToSendTo(String url, String why) {
        assertThatThrownBy(() -> Webhook.of(url, List.of()))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("secret");
    }

    @Test
    void shouldRefuseLongUrlsAndUnknownEvents() {
        assertThatThrownBy(() -> Webhook.of("https://example.com/" + "a".repeat(2029), List.of()))
                .hasMessageContaining("2049 characters");
        assertThatThrownBy(() -> Webhook.of("https://example.com/", List.of("image.drawn")))
                .hasMessageContaining("image.stored, image.deleted, job.completed, job.failed, job.canceled");
    }

    @Test
    void shouldTravelInHeaders() throws InvalidWebhookException {
        // Given
        Webhook webhook =
                Webhook.of("https://[2001:db8::1]:8443/hook?key=a%20b", List.of("job.failed", "job.completed"));
        Headers headers = new RecordHeaders();

        // When
        webhook.write(headers);
        webhook.write(headers);

        // Then
        assertThat(Webhook.of(headers)).contains(webhook);
        assertThat(headers).hasSize(2);
        assertThat(new String(headers.lastHeader(Webhook.EVENTS).value(), StandardCharsets.UTF_8))
                .isEqualTo("job.completed,job.failed");
    }

    @Test
    void shouldTellOfAllEventsWhereNoneIsNamed() throws InvalidWebhookException {
        Headers headers = new RecordHeaders().add(Webhook.URL, "https://example.com".getBytes(StandardCharsets.UTF_8));
        assertThat(Webhook.of(headers)).map(Webhook::events).contains(Set.of(EventType.values()));
    }

    @Test
    void shouldRefuseAHeaderThatIsTooLong() {
        Headers headers = new RecordHeaders().add(Webhook.URL, new byte[2049]);
        assertThatThrownBy(() -> Webhook.of(headers)).hasMessageContaining("2049 bytes");
        assertThat(Webhook.ifValid(headers)).isEmpty();
    }
}
