package org.dallemini.models.pull;

import java.net.URI;
import java.util.Map;
import java.util.regex.Pattern;
import org.dallemini.models.pull.PullException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Which hub, and as whom.
 *
 * @param endpoint address without a slash at its end
 * @param token null to be anonymous
 */
public record HubAccess(URI endpoint, @Nullable String token) {
    public static final String ENDPOINT = "HF_ENDPOINT";
    public static final String TOKEN = "HF_TOKEN";
    static final String OFFLINE = "HF_HUB_OFFLINE";

    private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
    private static final Pattern TOKEN_CHARACTERS = Pattern.compile("[\\x21-\\x7e]+");

    /**
     * What the environment says, in the variables that the hub's own tools use.
     *
     * @param endpoint goes before that of the environment; null to leave it at that
     * @throws PullException {@link Kind#MISUSE} for an unusable value, {@link Kind#REFUSED} if the network is switched
     *     off by {@code HF_HUB_OFFLINE}
     */
    public static HubAccess of(Map<String, String> environment, @Nullable String endpoint) throws PullException {
        String offline = environment.getOrDefault(OFFLINE, "");
        if (!offline.isEmpty() && !offline.equals("0") && !offline.equalsIgnoreCase("false")) {
            throw new PullException(Kind.REFUSED, OFFLINE + " is set, so nothing is fetched; unset it to pull");
        }
        String address =
                endpoint == null ? environment.getOrDefault(ENDPOINT, "").strip() : endpoint;
        String token = environment.getOrDefault(TOKEN, "").strip();
        if (!token.isEmpty() && !TOKEN_CHARACTERS.matcher(token).matches()) {
            throw new PullException(Kind.MISUSE, TOKEN + " holds characters that no token has; set it again");
        }
        return new HubAccess(
                Addresses.parse(address.isEmpty() ? DEFAULT_ENDPOINT : address, "The hub"),
                token.isEmpty() ? null : token);
    }

    @Override
    public String toString() {
        return endpoint + (token == null ? "" : " with a token");
    }
}
