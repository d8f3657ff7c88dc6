package org.dallemini.model.session;

/**
 * How sessions use the processor.
 *
 * @param threads that work on one operator, the caller's included; at least 1
 * @param spinning whether idle threads wait for the next operator in a busy loop: a little faster, but it takes
 *     processors away from everything else. Off where several sessions share the processors
 */
public record SessionSettings(int threads, boolean spinning) {
    public SessionSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + " but must be at least 1");
        }
    }
}
