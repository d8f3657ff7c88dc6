package org.dallemini.models.pull;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.dallemini.models.pull.PullException.Kind;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.StoredObject;

/** A checkpoint below a prefix of a bucket. */
final class S3Remote implements Remote {
    /** What one call fetches: it must come within the store's time limit for a call. */
    private static final long CALL_BYTES = 16 << 20;

    private final MinioObjectStore store;
    private final String prefix;
    private final Map<String, StoredObject> found = new HashMap<>();

    /**
     * @param store closed with this
     * @param prefix of all keys, with a slash at its end, or empty
     */
    S3Remote(MinioObjectStore store, String prefix) {
        this.store = store;
        this.prefix = prefix;
    }

    @Override
    public ModelOrigin.Origin origin() {
        return new ModelOrigin.Origin(locate("").replaceFirst("/$", ""), null, null);
    }

    @Override
    public String locate(String name) {
        return "s3://" + store.bucket() + "/" + prefix + name;
    }

    @Override
    public Optional<RemoteFile> find(String name) throws IOException {
        try {
            Optional<StoredObject> object = store.stat(prefix + name);
            object.ifPresent(o -> found.put(name, o));
            return object.map(o ->
                    new RemoteFile(name, locate(name), o.size(), null, o.etag().isEmpty() ? null : o.etag()));
        } catch (ObjectStoreException e) {
            throw failure(e);
        }
    }

    @Override
    public Body open(RemoteFile file, long from) throws IOException {
        StoredObject object = found.get(file.name());
        if (object == null) {
            throw new IllegalArgumentException(file.name() + " was not looked up");
        }
        if (from == file.size()) {
            throw new IllegalArgumentException("nothing is left of " + file.name());
        }
        try {
            return new Body(from, store.get(object, from, Math.min(CALL_BYTES, file.size() - from)));
        } catch (ObjectStoreException e) {
            throw failure(e);
        }
    }

    private static PullException failure(ObjectStoreException e) {
        Kind kind =
                switch (e.kind()) {
                    case UNAVAILABLE -> Kind.UNAVAILABLE;
                    case NOT_FOUND -> Kind.NOT_FOUND;
                    case MISCONFIGURED, REFUSED -> Kind.REFUSED;
                };
        return new PullException(kind, Http.reason(e), e);
    }

    @Override
    public void close() {
        store.close();
    }
}
