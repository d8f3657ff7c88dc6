package org.dallemini.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * Conditional writes ({@code If-None-Match: *}) on file systems without hard links, by which s3proxy does them
 * otherwise. Only this process writes to its directory, so a lock does as well.
 */
final class LockedWrites extends ForwardingBlobStore {
    private final Object[] locks = new Object[64];

    LockedWrites(BlobStore store) {
        super(store);
        Arrays.setAll(locks, i -> new Object());
    }

    @Override
    public PutObjectResponse putBlob(PutObjectRequest request, InputStream payload) {
        if (!"*".equals(request.ifNoneMatch())) {
            return super.putBlob(request, payload);
        }
        synchronized (locks[Math.floorMod(request.key().hashCode(), locks.length)]) {
            if (!blobExists(request.bucket(), request.key())) {
                return super.putBlob(request.toBuilder().ifNoneMatch(null).build(), payload);
            }
        }
        readToTheEnd(payload);
        throw S3Exceptions.fromStatusCode(412);
    }

    /** A client that is still sending would miss the answer. */
    private static void readToTheEnd(InputStream payload) {
        try {
            payload.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
