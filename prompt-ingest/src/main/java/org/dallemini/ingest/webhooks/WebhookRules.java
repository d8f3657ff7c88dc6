package org.dallemini.ingest.webhooks;

import org.dallemini.prompt.InvalidWebhookException;
import org.dallemini.prompt.Webhook;

/** Whether a webhook that somebody names with a job may be used here. */
public interface WebhookRules {
    /** Where webhooks are switched off. */
    WebhookRules NONE = webhook -> {
        throw new InvalidWebhookException(
                "webhooks are switched off here: leave it out, or have the operator set " + WebhookSettings.SECRETS);
    };

    /** @throws InvalidWebhookException if it may not */
    void check(Webhook webhook) throws InvalidWebhookException;
}
