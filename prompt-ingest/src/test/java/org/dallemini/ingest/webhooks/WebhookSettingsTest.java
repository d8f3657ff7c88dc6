package org.dallemini.ingest.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.prompt.InvalidWebhookException;
import org.dallemini.prompt.Webhook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSettingsTest {
    private static PromptIngestConfig config(String... settings) {
        Map<String, String> values =
                new HashMap<>(Map.of("bootstrap.servers", "none:1", "schema.registry.url", "http://none:1"));
        for (int i = 0; i < settings.length; i += 2) {
            values.put(settings[i], settings[i + 1]);
        }
        return new PromptIngestConfig(values);
    }

    private static WebhookSettings settings(boolean privateAllowed) {
        return config(
                        WebhookSettings.SECRETS,
                        Receiver.SECRET,
                        WebhookSettings.PRIVATE_ADDRESSES,
                        Boolean.toString(privateAllowed))
                .webhooks()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.com/", "https://127.0.0.1/", "https://169.254.169.254/latest", "https://10.0.0.1:8443/",
                "https://[::1]/", "https://[fd00::1]/", "https://localhost/", "https://LOCALHOST:9/",
                "https://a.localhost/"
            })
    void shouldRefuseWhatIsNotPublicUnlessItIsAllowed(String url) throws InvalidWebhookException {
        Webhook webhook = Webhook.of(url, List.of());
        assertThatThrownBy(() -> settings(false).check(webhook)).isInstanceOf(InvalidWebhookException.class);
        assertThatCode(() -> settings(true).check(webhook)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.com/hook?a=b", "https://1.1.1.1/", "HTTPS://example.com:8443"})
    void shouldTakeWhatIsPublic(String url) throws InvalidWebhookException {
        settings(false).check(Webhook.of(url, List.of()));
    }

    @Test
    void shouldHaveNoWebhooksWithoutSecrets() {
        assertThat(config().webhooks()).isEmpty();
        assertThatThrownBy(() -> WebhookRules.NONE.check(Webhook.of("https://example.com/", List.of())))
                .hasMessageContaining("webhook.secrets");
    }

    @Test
    void shouldSayWhichSecretIsWrongAndShowNone() {
        PromptIngestConfig config = config(WebhookSettings.SECRETS, Receiver.SECRET + ",hush");
        assertThatThrownBy(config::webhooks)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("webhook.secrets: secret 2 of 2")
                .hasMessageNotContaining("hush");
    }
}
