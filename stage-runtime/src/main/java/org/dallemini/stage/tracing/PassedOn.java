package org.dallemini.stage.tracing;

import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The trace context of a request, for a process without spans to pass on: who called and the stages behind may have
 * some.
 *
 * @param parent the header {@code traceparent}
 * @param state the header {@code tracestate}
 */
record PassedOn(String parent, @Nullable String state) implements TraceSpan {
    static final String PARENT = "traceparent";
    static final String STATE = "tracestate";

    /** As the W3C has it; later versions may say more behind. */
    private static final Pattern WELL_FORMED =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.{0,200})?");

    /** What the W3C asks everybody to pass on. */
    private static final int MAX_STATE = 512;

    static TraceSpan of(UnaryOperator<@Nullable String> header) {
        String parent = header.apply(PARENT);
        if (parent == null || !WELL_FORMED.matcher(parent).matches()) {
            return NONE;
        }
        String state = header.apply(STATE);
        return new PassedOn(parent, state == null || state.length() > MAX_STATE ? null : state);
    }

    @Override
    public Scope enter() {
        return CurrentSpan.enter(this);
    }

    @Override
    public void write(Headers headers) {
        headers.remove(PARENT);
        headers.remove(STATE);
        headers.add(PARENT, parent.getBytes(StandardCharsets.UTF_8));
        if (state != null) {
            headers.add(STATE, state.getBytes(StandardCharsets.UTF_8));
        }
    }
}
