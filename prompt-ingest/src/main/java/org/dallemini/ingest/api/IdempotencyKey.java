package org.dallemini.ingest.api;

import java.util.Optional;
import java.util.regex.Pattern;
import org.dallemini.ingest.http.Call;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.schemas.Hashes;

/**
 * The header {@code Idempotency-Key} (draft-ietf-httpapi-idempotency-key-header): a request that is sent again with it
 * is done once. The id of the job follows from it, so that every process knows the job again and none has to remember
 * keys.
 */
public final class IdempotencyKey {
    private static final String HEADER = "Idempotency-Key";

    /** As the draft has it, in quotes, or as most clients send it, without. */
    private static final Pattern KEY = Pattern.compile("\"[ !#-\\[\\]-~]{1,255}\"|[!#-~][ -~]{0,254}");

    private static final int ID_BYTES = 16;

    private IdempotencyKey() {}

    /**
     * The id of the request's job; empty if the request has no key.
     *
     * @throws RefusedRequestException if the header is no key
     */
    public static Optional<String> jobId(Call call) throws RefusedRequestException {
        String header = call.header(HEADER);
        if (header == null) {
            return Optional.empty();
        }
        if (!KEY.matcher(header).matches()) {
            throw new RefusedRequestException(Problem.of(
                    400,
                    "invalid-idempotency-key",
                    HEADER + " is no key: send 1 to 255 characters of ASCII, a UUID for example."));
        }
        return Optional.of(
                jobId(call.caller(), header.startsWith("\"") ? header.substring(1, header.length() - 1) : header));
    }

    /** Callers do not share their keys. */
    static String jobId(Caller caller, String key) {
        return "key-" + Hashes.hex(caller.name() + "\n" + key, ID_BYTES);
    }

    /** The key has come with another request before. */
    public static Problem reused() {
        return Problem.of(
                422,
                "idempotency-key-reused",
                "This " + HEADER + " has come with a request that asked for something else: send another key.");
    }
}
