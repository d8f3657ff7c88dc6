package org.dallemini.ingest.api;

import java.util.Set;
import org.dallemini.ingest.http.Access;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.http.Role;
import org.jspecify.annotations.Nullable;

/**
 * Whoever runs on this machine may. A web page in somebody's browser may not, though it runs here too: it reaches the
 * loopback address by a name of its own (DNS rebinding), which is what the header {@code Host} tells.
 */
public final class LoopbackAccess implements Access {
    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    @Override
    public Caller check(@Nullable Role needed, @Nullable String host, @Nullable String authorization)
            throws RefusedRequestException {
        String name = host == null ? "" : host.replaceFirst(":\\d{1,5}$", "");
        if (!NAMES.contains(name)) {
            throw new RefusedRequestException(Problem.of(
                    403,
                    "host-not-allowed",
                    "Without api.keys.file requests are taken for localhost, 127.0.0.1 and [::1] only: use one of them"
                            + " in the URL, or set api.keys.file."));
        }
        return Caller.ANYBODY;
    }
}
