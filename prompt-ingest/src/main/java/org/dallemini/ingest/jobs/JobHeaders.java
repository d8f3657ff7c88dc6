package org.dallemini.ingest.jobs;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher may say about the job of a prompt, in headers of the prompt's record; they travel to all later
 * records, as every header does.
 */
public final class JobHeaders {
    /** How many prompts the job has, in decimal: until that many were seen, it is not complete. */
    public static final String PROMPTS = "dallemini.job.prompts";

    /** Hexadecimal SHA-256 of what the job asks for. */
    public static final String CONTENT = "dallemini.job.content";

    /** Where in its file the prompt stood: the line, in decimal from 1. */
    public static final String LINE = "dallemini.job.line";

    /** The name that the publisher's file gives the prompt, any text. */
    public static final String CUSTOM_ID = "dallemini.job.custom-id";

    /** On records of {@code job-images} without a value, of jobs with a webhook: when the image was deleted. */
    public static final String DELETED_AT = "dallemini.deleted-at";

    /** The most prompts that a job is told to have. */
    public static final int MAX_PROMPTS = 1_000_000;

    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    private JobHeaders() {}

    /** 0 if nothing sensible is said. */
    static int prompts(Headers headers) {
        String value = text(headers, PROMPTS);
        return value != null && value.matches("\\d{1,7}") ? Math.min(MAX_PROMPTS, Integer.parseInt(value)) : 0;
    }

    /** Null if nothing sensible is said. */
    static @Nullable String content(Headers headers) {
        String value = text(headers, CONTENT);
        return value != null && SHA_256.matcher(value).matches() ? value : null;
    }

    /** The last header of a name, as UTF-8; null if there is none. */
    public static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
