package org.dallemini.dalle.model;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The program's folders among those of the user, by the XDG Base Directory Specification. */
public final class UserFolder {
    private UserFolder() {}

    /** {@code dallemini} in the folder for data: XDG_DATA_HOME, else ~/.local/share. */
    static Path data(Map<String, String> environment) {
        return of(environment.get("XDG_DATA_HOME"), ".local/share");
    }

    /** {@code dallemini} in the folder for caches: XDG_CACHE_HOME, else ~/.cache. */
    public static Path cache(Map<String, String> environment) {
        return of(environment.get("XDG_CACHE_HOME"), ".cache");
    }

    private static Path of(@Nullable String configured, String usual) {
        Path folder = configured == null || configured.isEmpty()
                ? Path.of(System.getProperty("user.home")).resolve(usual)
                : Path.of(configured);
        return folder.resolve("dallemini");
    }
}
