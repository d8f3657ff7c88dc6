package org.dallemini.images;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.ObjectStoreException.Kind;

/** A quarantine in memory that can be away. */
final class FakeQuarantine implements Quarantine {
    final Map<String, byte[]> kept = new ConcurrentHashMap<>();
    volatile boolean isOn;
    volatile boolean isAway;
    volatile boolean closed;

    @Override
    public Optional<String> keep(String imageId, Supplier<byte[]> png) throws ObjectStoreException {
        if (isAway) {
            throw new ObjectStoreException(Kind.UNAVAILABLE, "The quarantine is away", null);
        }
        if (!isOn) {
            return Optional.empty();
        }
        kept.put(imageId, png.get());
        return Optional.of("there/" + imageId);
    }

    @Override
    public void release(String imageId) {
        kept.remove(imageId);
    }

    @Override
    public void close() {
        closed = true;
    }
}
