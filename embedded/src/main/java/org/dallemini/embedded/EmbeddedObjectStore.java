package org.dallemini.embedded;

import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An S3 server in this JVM, listening on loopback only: a bucket is a directory and an object a file below the data
 * directory, so that both survive restarts and can be looked at with any file browser. For development and tests.
 *
 * <p>Requests are signed with AWS signature version 4 in any region. User metadata and content types are kept in
 * extended attributes of the files, which most file systems limit to 4 KB an object (S3 itself allows 2 KB of user
 * metadata).
 */
public final class EmbeddedObjectStore implements AutoCloseable {
    /** The application's setting for the port, as error messages name it. */
    public static final String PORT_SETTING = "embedded.s3.port";

    private static final Logger log = LoggerFactory.getLogger(EmbeddedObjectStore.class);
    private static final int MAX_THREADS = 64;

    private final S3Proxy server;
    private final String scheme;
    private final int port;

    private EmbeddedObjectStore(S3Proxy server, boolean tls) {
        this.server = server;
        this.scheme = tls ? "https" : "http";
        this.port = tls ? server.getSecurePort() : server.getPort();
    }

    /** Same as {@link #start(Path, int, String, String, ServerKey)} without TLS. */
    public static EmbeddedObjectStore start(Path dataDir, int port, String accessKey, String secretKey) {
        return start(dataDir, port, accessKey, secretKey, null);
    }

    /**
     * Starts a server and returns when it serves clients.
     *
     * @param dataDir created if absent
     * @param port 0 for any free port
     * @param key to serve HTTPS with; null for HTTP
     * @throws PortInUseException if {@code port} is taken
     * @throws EmbeddedServerException if the server cannot start for another reason
     */
    public static EmbeddedObjectStore start(
            Path dataDir, int port, String accessKey, String secretKey, @Nullable ServerKey key) {
        if (accessKey.isBlank() || secretKey.isBlank()) {
            throw new IllegalArgumentException("The embedded S3 server needs an access key and a secret key");
        }
        try {
            Path dir = Files.createDirectories(dataDir).toRealPath();
            warnIfMetadataIsLost(dir);
            S3Proxy.Builder builder = S3Proxy.builder()
                    .blobStore(blobStore(dir, hasHardLinks(dir)))
                    .awsAuthentication(AuthenticationType.AWS_V4, accessKey, secretKey)
                    .ignoreUnknownHeaders(true)
                    .jettyMaxThreads(MAX_THREADS)
                    // Any longer would always be waited for: clients keep idle connections open.
                    .stopTimeout(0);
            if (key == null) {
                builder.endpoint(URI.create("http://127.0.0.1:" + port));
            } else {
                builder.secureEndpoint(URI.create("https://127.0.0.1:" + port))
                        .keyStore(key.keyStore().toString(), key.password());
            }
            S3Proxy server = builder.build();
            try {
                server.start();
            } catch (Exception e) {
                server.stop();
                throw e;
            }
            return new EmbeddedObjectStore(server, key != null);
        } catch (Exception e) {
            throw startFailure(dataDir, port, e);
        }
    }

    /**
     * @param hasHardLinks whether the file system has them; s3proxy answers 500 to conditional writes where it has not
     */
    static BlobStore blobStore(Path dir, boolean hasHardLinks) {
        BlobStore files = new FilesystemNio2BlobStore(dir.toString());
        return hasHardLinks ? files : new LockedWrites(files);
    }

    private static boolean hasHardLinks(Path dir) throws IOException {
        Path probe = Files.createTempFile(dir, "probe", ".tmp");
        Path link = probe.resolveSibling(probe.getFileName() + ".link");
        try {
            Files.createLink(link, probe);
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            log.debug("No hard links in {}", dir, e);
            return false;
        } finally {
            Files.deleteIfExists(link);
            Files.delete(probe);
        }
    }

    /** The server drops metadata without a word where the file system has no extended attributes. */
    private static void warnIfMetadataIsLost(Path dir) throws IOException {
        Path probe = Files.createTempFile(dir, "probe", ".tmp");
        try {
            UserDefinedFileAttributeView view = Files.getFileAttributeView(probe, UserDefinedFileAttributeView.class);
            if (view == null) {
                throw new IOException("no view of user-defined attributes");
            }
            view.write("dallemini.probe", ByteBuffer.wrap(new byte[] {1}));
        } catch (IOException e) {
            log.warn(
                    "The file system of {} keeps no extended attributes: objects will lose their content type and user "
                            + "metadata. Use a data directory on another file system to keep them. ({})",
                    dir,
                    e.getMessage());
        } finally {
            Files.delete(probe);
        }
    }

    private static EmbeddedServerException startFailure(Path dataDir, int port, Exception e) {
        if (e instanceof BindException || (e instanceof IOException && e.getCause() instanceof BindException)) {
            return new PortInUseException("S3 server", port, PORT_SETTING, e);
        }
        return new EmbeddedServerException(
                "The embedded S3 server cannot start on " + dataDir + ": " + e.getMessage(), e);
    }

    /** For S3 clients: {@code http://127.0.0.1:port}, or https. */
    public String endpoint() {
        return scheme + "://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /**
     * Stops at once, so close the clients first; does nothing the second time. An object is never left half written.
     */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The embedded S3 server does not stop", e);
        }
    }
}
