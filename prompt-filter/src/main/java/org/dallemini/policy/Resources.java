package org.dallemini.policy;

import java.io.InputStream;

/** Files of this package. */
final class Resources {
    private Resources() {}

    static InputStream open(String name) {
        InputStream in = Resources.class.getResourceAsStream(name);
        if (in == null) {
            throw new IllegalStateException("The program is incomplete: it lacks " + name);
        }
        return in;
    }
}
