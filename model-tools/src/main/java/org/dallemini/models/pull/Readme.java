package org.dallemini.models.pull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.dallemini.models.pull.PullException.Kind;

/**
 * The README.md of a hub's repository, which is the model's card there. It is no part of the model: whoever edits it
 * makes no other version, and without it the model is complete.
 */
final class Readme {
    static final String FILE = "README.md";

    private static final int MAX_BYTES = 1 << 20;

    private final Remote remote;
    private final Fetcher fetcher;
    private final Retry retry;
    private final PullProgress progress;

    Readme(Remote remote, Fetcher fetcher, Retry retry, PullProgress progress) {
        this.remote = remote;
        this.fetcher = fetcher;
        this.retry = retry;
        this.progress = progress;
    }

    /** Puts it into a model's folder, unless there is one. What cannot be had is said and left out. */
    void fetch(Path model) throws IOException {
        Path target = model.resolve(FILE);
        if (Files.exists(target)) {
            return;
        }
        try {
            Optional<RemoteFile> found = retry.call(remote::readme);
            if (found.isPresent() && found.get().size() > MAX_BYTES) {
                progress.say(found.get().location() + " has " + found.get().size() + " bytes and is left out");
            } else if (found.isPresent()) {
                fetcher.fetch(remote, found.get(), target);
            }
        } catch (PullException e) {
            Files.deleteIfExists(Fetcher.unfinished(target));
            if (e.kind() == Kind.INTERRUPTED) {
                throw e;
            }
            if (e.kind() != Kind.NOT_FOUND) {
                progress.say("The model comes without its README.md: " + e.getMessage());
            }
        }
    }
}
