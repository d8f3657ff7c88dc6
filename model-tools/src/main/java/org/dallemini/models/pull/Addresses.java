package org.dallemini.models.pull;

import java.net.URI;
import org.dallemini.models.pull.PullException.Kind;

/** Addresses that a user gives. */
final class Addresses {
    private Addresses() {}

    /**
     * Reads an http or https address.
     *
     * @param what names it in messages
     * @return without a slash at its end
     */
    static URI parse(String text, String what) throws PullException {
        URI uri;
        try {
            uri = URI.create(text.replaceFirst("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw new PullException(Kind.MISUSE, what + ": " + text + " is not an address", e);
        }
        boolean web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
        if (!web || uri.getHost() == null) {
            throw new PullException(Kind.MISUSE, what + ": " + text + " is not an https address with a host");
        }
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new PullException(
                    Kind.MISUSE, what + " must not hold a user, a query or a fragment, only a host and a path");
        }
        return uri;
    }
}
