package org.dallemini.objects;

import io.minio.ObjectWriteResponse;
import io.minio.errors.MinioException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes objects only where there are none. A server that obeys {@code If-None-Match: *} decides that by itself, in one
 * call, whoever else writes. Before one of the others every object is looked up, which leaves a moment in which another
 * process may write too; those of this process wait for each other.
 *
 * <p>Some servers refuse the header, some leave it aside without a word. Which kind this one is shows with the first
 * object that is written: it is looked up, written, and then written once more. That changes nothing, whatever the
 * server does, and one that obeys refuses it.
 */
final class ConditionalWrites {
    private static final Logger log = LoggerFactory.getLogger(ConditionalWrites.class);

    private static final Map<String, String> IF_ABSENT = Map.of("If-None-Match", "*");
    private static final Set<String> NOT_IMPLEMENTED = Set.of("NotImplemented");

    private enum Server {
        UNKNOWN,
        OBEYS,
        DOES_NOT
    }

    private final S3Settings store;
    private final Object[] locks = new Object[64];
    private volatile Server server = Server.UNKNOWN;

    /** @param store named in messages */
    ConditionalWrites(S3Settings store) {
        this.store = store;
        Arrays.setAll(locks, i -> new Object());
    }

    interface Lookup {
        boolean isThere() throws ObjectStoreException;
    }

    interface Write {
        /** Empty if the server refuses it since the condition in the headers is not met. */
        Optional<ObjectWriteResponse> with(Map<String, String> headers) throws MinioException, ObjectStoreException;
    }

    /** Empty if there is an object of this key, which stays as it is. */
    Optional<ObjectWriteResponse> create(String key, Lookup lookup, Write write)
            throws MinioException, ObjectStoreException {
        if (server == Server.OBEYS) {
            return write.with(IF_ABSENT);
        }
        synchronized (locks[Math.floorMod(key.hashCode(), locks.length)]) {
            if (lookup.isThere()) {
                return Optional.empty();
            }
            return server == Server.DOES_NOT ? write.with(Map.of()) : learn(write);
        }
    }

    private Optional<ObjectWriteResponse> learn(Write write) throws MinioException, ObjectStoreException {
        Optional<ObjectWriteResponse> written;
        boolean obeys;
        try {
            written = write.with(IF_ABSENT);
            obeys = written.isEmpty() || write.with(IF_ABSENT).isEmpty();
        } catch (MinioException e) {
            if (!S3Errors.isAnswer(e, NOT_IMPLEMENTED)) {
                throw e;
            }
            written = write.with(Map.of());
            obeys = false;
        }
        learned(obeys);
        return written;
    }

    private synchronized void learned(boolean obeys) {
        if (server == Server.UNKNOWN && !obeys) {
            log.warn(
                    "The store has no conditional writes (If-None-Match), {}: each object is looked up before it is"
                            + " written, and of two processes that write one key at the same moment the later wins.",
                    store);
        }
        server = obeys ? Server.OBEYS : Server.DOES_NOT;
    }
}
