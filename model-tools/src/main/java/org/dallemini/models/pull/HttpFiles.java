package org.dallemini.models.pull;

import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dallemini.models.pull.Http.Answer;
import org.dallemini.models.pull.Http.Redirects;
import org.dallemini.models.pull.PullException.Kind;
import org.jspecify.annotations.Nullable;

/** Reads files by ranges, and does not take the server's word for which range it sends. */
final class HttpFiles {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    private HttpFiles() {}

    /** Makes an exception of an answer that is neither the file nor a part of it. */
    interface Refusal {
        PullException of(Answer answer);
    }

    /** As {@link Remote#open}. */
    static Remote.Body open(Http http, URI uri, RemoteFile file, long from, @Nullable String token, Refusal refusal)
            throws IOException {
        Map<String, String> headers = new HashMap<>();
        if (from > 0) {
            headers.put("Range", "bytes=" + from + "-");
            if (file.validator() != null) {
                headers.put("If-Range", file.validator());
            }
        }
        Answer answer = http.send("GET", uri, headers, token, Redirects.ALL);
        try {
            return new Remote.Body(start(file, from, answer, refusal), answer.body());
        } catch (PullException e) {
            answer.close();
            throw e;
        }
    }

    private static long start(RemoteFile file, long from, Answer answer, Refusal refusal) throws PullException {
        switch (answer.status()) {
            case 200 -> {
                long length = length(answer);
                if (length >= 0 && length != file.size()) {
                    throw otherSize(file, answer, length);
                }
                return 0;
            }
            case 206 -> {
                Matcher range =
                        CONTENT_RANGE.matcher(answer.header("Content-Range").orElse(""));
                if (!range.matches() || Long.parseLong(range.group(1)) != from) {
                    throw new PullException(
                            Kind.DAMAGED,
                            answer.address() + " sends another part of the file than was asked for (from byte " + from
                                    + ")");
                }
                if (!range.group(3).equals("*") && Long.parseLong(range.group(3)) != file.size()) {
                    throw otherSize(file, answer, Long.parseLong(range.group(3)));
                }
                return from;
            }
            case 416 ->
                throw new PullException(
                        Kind.DAMAGED,
                        answer.address() + " has fewer than the " + file.size() + " bytes that were announced");
            default -> throw refusal.of(answer);
        }
    }

    private static PullException otherSize(RemoteFile file, Answer answer, long size) {
        return new PullException(
                Kind.DAMAGED,
                answer.address() + " has " + size + " bytes, announced were " + file.size()
                        + "; if it has just been changed, pull again");
    }

    /** Of the body; -1 if the server does not say. */
    static long length(Answer answer) {
        String length = answer.header("Content-Length").orElse("");
        return length.matches("[0-9]{1,18}") ? Long.parseLong(length) : -1;
    }
}
