package org.dallemini.dalle.session;

import java.nio.file.Path;

/**
 * Settings of the Deep Java Library. It takes them from the environment or from system properties only, when its
 * classes are first used; what a user has set goes first.
 */
public final class Djl {
    private Djl() {}

    /** Keeps DJL from the network: it would report its use at every start, and download libraries that it misses. */
    public static void stayOffline() {
        setUnlessGiven("DJL_OFFLINE", "ai.djl.offline", "true");
        setUnlessGiven("OPT_OUT_TRACKING", "OPT_OUT_TRACKING", "true");
    }

    /** Where DJL unpacks native libraries, instead of ~/.djl.ai. */
    public static void cacheIn(Path folder) {
        setUnlessGiven("DJL_CACHE_DIR", "DJL_CACHE_DIR", folder.toAbsolutePath().toString());
    }

    private static void setUnlessGiven(String variable, String property, String value) {
        if (System.getenv(variable) == null && System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
