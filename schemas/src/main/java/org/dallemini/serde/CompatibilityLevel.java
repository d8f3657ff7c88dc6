package org.dallemini.serde;

/** What a new version of a subject may change, in the registry's words. */
public enum CompatibilityLevel {
    /** Anything. */
    NONE,
    /** Consumers of the new version read what producers of the last one wrote. */
    BACKWARD,
    /** Consumers of the new version read what producers of any version wrote. */
    BACKWARD_TRANSITIVE,
    /** Consumers of the last version read what producers of the new one write. */
    FORWARD,
    /** Consumers of any version read what producers of the new one write. */
    FORWARD_TRANSITIVE,
    /** Backward and forward against the last version. */
    FULL,
    /** Backward and forward against every version. */
    FULL_TRANSITIVE
}
