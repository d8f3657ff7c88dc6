package org.dallemini.ingest.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.ingest.http.Access;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.http.Role;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whoever has a key of the keys file may. The file is looked at for each request, so that a key that was revoked ends
 * at once; if it cannot be read, nobody may, rather than somebody whose key might have been in the lines that are
 * broken. Thread-safe.
 */
public final class KeyAccess implements Access {
    private static final Logger log = LoggerFactory.getLogger(KeyAccess.class);
    private static final Pattern BEARER = Pattern.compile("(?i:Bearer) +([A-Za-z0-9._~+/=-]{1,512})");

    private final Path file;
    private final FilterModes modes;
    private Known known;

    /** @param keys none if the file could not be read */
    private record Known(@Nullable State state, List<ApiKey> keys) {}

    /** Tells whether a file has changed: the command replaces it, so its identity changes too. */
    private record State(
            FileTime modified, long size, @Nullable Object identity) {}

    private KeyAccess(Path file, FilterModes modes, Known known) {
        this.file = file;
        this.modes = modes;
        this.known = known;
    }

    /**
     * Reads the keys.
     *
     * @param modes of the prompt filter that keys can have; one that gets another later has the process's own
     * @throws ConfigException if the file cannot be read or is none, or a key has a mode that it cannot have
     */
    public static KeyAccess of(Path file, FilterModes modes) {
        try {
            State state = state(file);
            List<ApiKey> keys = KeysFile.read(file);
            for (ApiKey key : keys) {
                Optional<String> offence = modes.offence(key);
                if (offence.isPresent()) {
                    throw new ConfigException(offence.get() + ", or change the key in " + file + ".");
                }
            }
            return new KeyAccess(file, modes, new Known(state, keys));
        } catch (IOException e) {
            throw new ConfigException("Cannot read api.keys.file " + file + " (" + e
                    + "): make one with 'dallemini keys create', and let this process read it.");
        }
    }

    private static State state(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new State(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }

    private synchronized List<ApiKey> keys() {
        State now = null;
        try {
            now = state(file);
            if (!now.equals(known.state)) {
                known = new Known(
                        now, KeysFile.read(file).stream().map(this::allowed).toList());
                log.info("Read {} API keys from {}", known.keys.size(), file);
            }
        } catch (IOException | ConfigException e) {
            if (known.state != null || !known.keys.isEmpty()) {
                log.error("Nobody may use the API: {}", e.toString());
            }
            known = new Known(null, List.of());
        }
        return known.keys;
    }

    private ApiKey allowed(ApiKey key) {
        Optional<String> offence = modes.offence(key);
        offence.ifPresent(what -> log.error("{}. Until then the filter of the process holds for it.", what));
        return offence.isPresent() ? key.withPromptFilter(null) : key;
    }

    @Override
    public Caller check(@Nullable Role needed, @Nullable String host, @Nullable String authorization)
            throws RefusedRequestException {
        if (needed == null) {
            return Caller.ANYBODY;
        }
        Matcher bearer = BEARER.matcher(authorization == null ? "" : authorization);
        byte[] hash = bearer.matches() ? ApiKey.hash(bearer.group(1)) : new byte[0];
        ApiKey found = null;
        for (ApiKey key : keys()) {
            if (key.isOf(hash)) {
                found = key; // goes on, so that the time does not reveal which
            }
        }
        if (found == null) {
            throw new RefusedRequestException(
                    Problem.of(401, "unauthorized", "Send a key that is known here: Authorization: Bearer KEY."));
        }
        if (!found.may(needed)) {
            throw new RefusedRequestException(Problem.of(
                    403,
                    "forbidden",
                    "The key " + found.name() + " has the role " + ApiKey.words(found.roles()) + "; this needs "
                            + needed.word() + "."));
        }
        return new Caller(found.name(), found.promptFilter());
    }
}
