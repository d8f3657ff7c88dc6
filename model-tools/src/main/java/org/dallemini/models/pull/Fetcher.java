package org.dallemini.models.pull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.dallemini.models.pull.PullException.Kind;
import org.jspecify.annotations.Nullable;

/** Fetches single files: goes on where it was cut off, and checks what came. */
final class Fetcher {
    private static final String UNFINISHED = ".part";

    private final Retry retry;
    private final Duration stall;
    private final PullProgress progress;

    /** @param stall after this long without a byte a connection counts as cut */
    Fetcher(Retry retry, Duration stall, PullProgress progress) {
        this.retry = retry;
        this.stall = stall;
        this.progress = progress;
    }

    static Path unfinished(Path target) {
        return target.resolveSibling(target.getFileName() + UNFINISHED);
    }

    static boolean isUnfinished(String path) {
        return path.endsWith(UNFINISHED);
    }

    /** The finished file of an unfinished one, or the file itself. */
    static String finished(String path) {
        return isUnfinished(path) ? path.substring(0, path.length() - UNFINISHED.length()) : path;
    }

    /** All of a small file, into memory. */
    byte[] read(Remote remote, RemoteFile file, int longest) throws IOException {
        if (file.size() > longest) {
            throw new PullException(
                    Kind.DAMAGED, file.location() + " has " + file.size() + " bytes; no such file is that large");
        }
        return retry.call(() -> {
            try (InputStream in = remote.open(file, 0).stream()) {
                byte[] bytes = in.readNBytes((int) file.size());
                if (bytes.length < file.size()) {
                    throw cut(file, bytes.length, "cut off", null);
                }
                return bytes;
            } catch (PullException e) {
                throw e;
            } catch (IOException e) {
                throw cut(file, 0, "cut off (" + Http.reason(e) + ")", e);
            }
        });
    }

    /**
     * Fetches a file, or the rest of it. What was fetched before is trusted only as far as its hash goes.
     *
     * @return hex SHA-256 of the content
     * @throws PullException {@link Kind#DAMAGED} if another content came than was announced; the file is deleted then
     */
    String fetch(Remote remote, RemoteFile file, Path target) throws IOException {
        Path unfinished = unfinished(target);
        if (Files.exists(target)) { // of an earlier pull that was interrupted later on
            Files.move(target, unfinished, StandardCopyOption.ATOMIC_MOVE);
        }
        String sha256;
        try (PartFile part = PartFile.open(unfinished, file.size())) {
            progress.has(part.length());
            fill(remote, file, part);
            part.sync();
            sha256 = part.sha256();
            requireHash(file, part);
        } catch (PullException e) {
            if (e.kind() == Kind.DAMAGED) {
                Files.deleteIfExists(unfinished);
            }
            throw e;
        }
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        return sha256;
    }

    private static void requireHash(RemoteFile file, PartFile part) throws PullException {
        if (file.hash() == null) {
            return;
        }
        FileHash came = part.hash(file.hash().algorithm());
        if (!came.equals(file.hash())) {
            throw new PullException(
                    Kind.DAMAGED,
                    file.location() + " came with the hash " + came + ", but the hub says " + file.hash()
                            + "; what came is deleted, pull again");
        }
    }

    private void fill(Remote remote, RemoteFile file, PartFile part) throws PullException {
        long furthest = part.length();
        int failures = 0;
        while (part.length() < file.size()) {
            retry.requireNotStopped();
            PullException failure;
            try {
                attempt(remote, file, part);
                failure = cut(file, part.length(), "cut off", null);
            } catch (PullException e) {
                failure = e;
            } catch (IOException e) {
                failure = cut(file, part.length(), "cut off (" + Http.reason(e) + ")", e);
            }
            if (failure.kind() != Kind.UNAVAILABLE) {
                throw failure;
            }
            boolean cleanly = failure.getCause() == null && failure.retryAfter() == null;
            if (part.length() > furthest) { // a server that begins anew each time brings nothing new
                furthest = part.length();
                failures = 0;
                if (cleanly) {
                    continue;
                }
            }
            if (part.length() < file.size()) {
                retry.await(++failures, failure);
            }
        }
    }

    private void attempt(Remote remote, RemoteFile file, PartFile part) throws IOException {
        // Without a hash or a validator nobody could tell whether the rest belongs to what is there.
        long from = file.identity().isEmpty() ? 0 : part.length();
        Remote.Body body = remote.open(file, from);
        try (InputStream stream = body.stream();
                StallGuard guard = StallGuard.watch(stream, stall, retry.stopped())) {
            if (body.from() != part.length()) {
                part.restart();
                progress.has(0);
            }
            byte[] buffer = new byte[1 << 16];
            try {
                for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                    guard.touch();
                    if (n > file.size() - part.length()) {
                        throw new PullException(
                                Kind.DAMAGED,
                                file.location() + " does not end after the " + file.size() + " bytes announced");
                    }
                    part.append(buffer, n);
                    progress.came(n);
                    retry.requireNotStopped();
                }
            } catch (IOException e) {
                if (guard.hasStalled()) {
                    throw cut(file, part.length(), "nothing came for " + stall.toSeconds() + " s", e);
                }
                throw e;
            }
        }
    }

    private static PullException cut(RemoteFile file, long length, String reason, @Nullable Throwable cause) {
        return new PullException(
                Kind.UNAVAILABLE,
                file.location() + ": " + reason + " after " + length + " of " + file.size() + " bytes",
                cause);
    }
}
