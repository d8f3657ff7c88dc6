package org.dallemini.stage;

/**
 * @param state where the stage is in its life
 * @param detail what is wrong or awaited, for people; empty when all is well
 */
public record Health(State state, String detail) {
    /** STARTING, TROUBLED and STOPPING are alive but not ready; FAILED and STOPPED are not alive. */
    public enum State {
        STARTING,
        RUNNING,
        TROUBLED,
        /** Asked to stop; finishes what it has begun. */
        STOPPING,
        STOPPED,
        FAILED
    }

    public boolean isLive() {
        return state != State.FAILED && state != State.STOPPED;
    }

    public boolean isReady() {
        return state == State.RUNNING;
    }
}
