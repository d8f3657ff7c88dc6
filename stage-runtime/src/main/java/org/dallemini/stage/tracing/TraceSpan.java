package org.dallemini.stage.tracing;

import org.apache.kafka.common.header.Headers;

/** Something that is done for an image; it is told of once it has ended. Thread-safe, but for {@link #enter}. */
public interface TraceSpan {
    String PROMPT_ID = "dallemini.prompt.id";
    String IMAGE_ID = "dallemini.image.id";

    /** Of processes without spans. */
    TraceSpan NONE = new TraceSpan() {};

    /** Until it is closed, by the same thread, the span is the thread's {@link #current}, and its log lines name it. */
    interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    /** The span that this thread has entered. */
    static TraceSpan current() {
        return CurrentSpan.get();
    }

    default Scope enter() {
        return () -> {};
    }

    /** Makes it the parent of what is done with a record: replaces the trace context in its headers. */
    default void write(Headers headers) {}

    default void attribute(String name, String value) {}

    /** Something happened now. */
    default void event(String name) {}

    /** What is asked for cannot be done. */
    default void failed(String code) {}

    /** A request was answered. */
    default void answered(int status) {}

    /** It ended now. */
    default void end() {}
}
