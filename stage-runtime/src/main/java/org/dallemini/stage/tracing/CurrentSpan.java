package org.dallemini.stage.tracing;

import org.dallemini.stage.tracing.TraceSpan.Scope;

/** The span that each thread has entered. */
final class CurrentSpan {
    private static final ThreadLocal<TraceSpan> CURRENT = ThreadLocal.withInitial(() -> TraceSpan.NONE);

    private CurrentSpan() {}

    static TraceSpan get() {
        return CURRENT.get();
    }

    static Scope enter(TraceSpan span) {
        TraceSpan before = CURRENT.get();
        CURRENT.set(span);
        return () -> CURRENT.set(before);
    }
}
