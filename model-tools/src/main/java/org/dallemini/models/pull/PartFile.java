package org.dallemini.models.pull;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.dallemini.models.pull.PullException.Kind;

/** A file on its way: what is there already is hashed, the rest is appended. */
final class PartFile implements AutoCloseable {
    private final Path path;
    private final long size;
    private final FileChannel channel;
    private final MessageDigest sha256 = digest("SHA-256");
    private final MessageDigest gitSha1 = digest("SHA-1");
    private long length;

    private PartFile(Path path, long size, FileChannel channel) {
        this.path = path;
        this.size = size;
        this.channel = channel;
    }

    /**
     * Opens a file, or creates it.
     *
     * @param size that it will have; what is longer is begun again
     */
    static PartFile open(Path path, long size) throws IOException {
        var part =
                new PartFile(path, size, FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        try {
            part.restart(Files.size(path) > size);
            return part;
        } catch (IOException e) {
            part.close();
            throw e;
        }
    }

    private void restart(boolean empty) throws IOException {
        sha256.reset();
        gitSha1.reset();
        gitSha1.update(("blob " + size + "\0").getBytes(US_ASCII));
        length = 0;
        if (empty) {
            channel.truncate(0);
        }
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(path)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                count(buffer, n);
            }
        }
        channel.position(length);
    }

    private void count(byte[] bytes, int n) {
        sha256.update(bytes, 0, n);
        gitSha1.update(bytes, 0, n);
        length += n;
    }

    /** Throws away what is there. */
    void restart() throws PullException {
        try {
            restart(true);
        } catch (IOException e) {
            throw disk(e);
        }
    }

    void append(byte[] bytes, int n) throws PullException {
        try {
            ByteBuffer rest = ByteBuffer.wrap(bytes, 0, n);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        } catch (IOException e) {
            throw disk(e);
        }
        count(bytes, n);
    }

    /** Not UNAVAILABLE: to try again would not help. */
    private PullException disk(IOException e) {
        return new PullException(
                Kind.DISK, path + " cannot be written: " + Http.reason(e) + "; make room and pull again", e);
    }

    long length() {
        return length;
    }

    void sync() throws IOException {
        channel.force(true);
    }

    String sha256() {
        return hex(sha256);
    }

    /** The hash of a kind of what is there, which must be all. */
    FileHash hash(FileHash.Algorithm algorithm) {
        return new FileHash(
                algorithm,
                switch (algorithm) {
                    case SHA256 -> hex(sha256);
                    case GIT_SHA1 -> hex(gitSha1);
                });
    }

    private static String hex(MessageDigest digest) {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's digests can be cloned", e);
        }
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
