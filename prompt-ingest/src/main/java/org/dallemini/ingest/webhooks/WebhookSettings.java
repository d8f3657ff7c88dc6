package org.dallemini.ingest.webhooks;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.prompt.InvalidWebhookException;
import org.dallemini.prompt.Webhook;
import org.dallemini.stage.config.StageConfig;

/** What the operator has to say about webhooks. */
public final class WebhookSettings implements WebhookRules {
    public static final String SECRETS = "webhook.secrets";
    public static final String PRIVATE_ADDRESSES = "webhook.private.addresses";
    public static final String TIMEOUT_MS = "webhook.timeout.ms";

    private static final Pattern LITERAL = Pattern.compile("\\[.*]|\\d{1,3}(\\.\\d{1,3}){3}");

    private final SigningKeys keys;
    private final AddressPolicy policy;
    private final Duration timeout;

    WebhookSettings(SigningKeys keys, AddressPolicy policy, Duration timeout) {
        this.keys = keys;
        this.policy = policy;
        this.timeout = timeout;
    }

    /** Adds the settings to a definition and returns it. */
    public static ConfigDef addTo(ConfigDef definition) {
        return definition
                .define(
                        SECRETS,
                        ConfigDef.Type.PASSWORD,
                        "",
                        MEDIUM,
                        "Secrets that webhooks are signed with, each whsec_ and Base64 of 24 to 64 bytes, separated by"
                                + " commas: every one signs, so that receivers can change from one to the next. Empty:"
                                + " there are no webhooks.")
                .define(
                        PRIVATE_ADDRESSES,
                        ConfigDef.Type.BOOLEAN,
                        false,
                        MEDIUM,
                        "Whether webhooks may be sent to addresses that are not public (loopback, private networks,"
                                + " link-local), and over plain HTTP. Whoever submits jobs chooses the addresses.")
                .define(
                        TIMEOUT_MS,
                        ConfigDef.Type.LONG,
                        15_000L,
                        between(100L, 60_000L),
                        LOW,
                        "How long a receiver may take to answer.");
    }

    /**
     * The settings; empty if there are no webhooks.
     *
     * @throws ConfigException if a secret is none
     */
    public static Optional<WebhookSettings> read(StageConfig config) {
        String secrets = config.getPassword(SECRETS).value();
        if (secrets.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new WebhookSettings(
                    SigningKeys.parse(secrets),
                    new AddressPolicy(config.getBoolean(PRIVATE_ADDRESSES)),
                    Duration.ofMillis(config.getLong(TIMEOUT_MS))));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(SECRETS + ": " + e.getMessage());
        }
    }

    SigningKeys keys() {
        return keys;
    }

    AddressPolicy policy() {
        return policy;
    }

    Duration timeout() {
        return timeout;
    }

    /** Early, for people: what a name resolves to is looked at whenever a connection is made. */
    @Override
    public void check(Webhook webhook) throws InvalidWebhookException {
        checkScheme(webhook.url());
        String host = URI.create(webhook.url()).getHost().toLowerCase(Locale.ROOT);
        boolean isLocal = host.equals("localhost") || host.endsWith(".localhost");
        if (!policy.privateAllowed() && isLocal || LITERAL.matcher(host).matches() && !allows(host)) {
            throw new InvalidWebhookException(
                    "the URL's address is not public, which is not allowed here: choose another,"
                            + " or have the operator set " + PRIVATE_ADDRESSES);
        }
    }

    private boolean allows(String literal) {
        try {
            return policy.allows(InetAddress.getByName(literal));
        } catch (UnknownHostException e) {
            return false;
        }
    }

    void checkScheme(String url) throws InvalidWebhookException {
        if (!policy.privateAllowed() && !url.toLowerCase(Locale.ROOT).startsWith("https://")) {
            throw new InvalidWebhookException(
                    "the URL does not begin with https://, which is needed here: let the receiver speak TLS");
        }
    }
}
