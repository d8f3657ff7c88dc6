package org.dallemini.prompt;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.dallemini.events.JobState;

/** What receivers can be told of. */
public enum EventType {
    /** An image lies in the bucket. */
    IMAGE_STORED,
    /** An image that was stored is not wanted any more. */
    IMAGE_DELETED,
    /** All images of a job are stored. */
    JOB_COMPLETED,
    /** Nothing of a job is left to do, and an image was dead-lettered or a prompt refused. */
    JOB_FAILED,
    /** Nothing of a job is left to do, and an image was not drawn because the job was canceled. */
    JOB_CANCELED;

    /** As in requests and headers: {@code image.stored}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '.');
    }

    /** The one that is written so. */
    static Optional<EventType> of(String text) {
        return Stream.of(values()).filter(one -> one.text().equals(text)).findFirst();
    }

    /** Of a job that has ended so; empty for states that are no end. */
    public static Optional<EventType> of(JobState state) {
        return switch (state) {
            case PENDING, RUNNING -> Optional.empty();
            case COMPLETED -> Optional.of(JOB_COMPLETED);
            case FAILED -> Optional.of(JOB_FAILED);
            case CANCELED -> Optional.of(JOB_CANCELED);
        };
    }
}
