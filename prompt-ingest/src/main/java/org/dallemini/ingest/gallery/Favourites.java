package org.dallemini.ingest.gallery;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;
import org.dallemini.events.StoredImage;
import org.dallemini.stage.Failures;
import org.dallemini.stage.KafkaClients;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images that people have marked, each owner's own: in memory, and in a journal that every process reads. Of each
 * all is kept that is known of it, so that it stays when its job is forgotten. Thread-safe.
 */
public final class Favourites {
    /** Of an owner; each takes some kilobytes of memory. */
    public static final int MOST = 2_000;

    private static final Logger log = LoggerFactory.getLogger(Favourites.class);

    private final Journal journal;
    private final Map<String, RecentImages> byOwner = new ConcurrentHashMap<>();
    private volatile boolean complete;

    /** Where they are kept: of each key, the last that was written counts. */
    public interface Journal {
        /** @throws KafkaException if nothing can be written */
        Future<?> write(String key, StoredImage image);

        /** @throws KafkaException if nothing can be written */
        Future<?> forget(String key);
    }

    public Favourites(Journal journal) {
        this.journal = journal;
    }

    /** Those of an owner. */
    public RecentImages of(String owner) {
        return byOwner.computeIfAbsent(owner, any -> new RecentImages(Integer.MAX_VALUE));
    }

    public boolean contains(String owner, String imageId) {
        RecentImages own = byOwner.get(owner);
        return own != null && own.find(imageId).isPresent();
    }

    /** An image that anybody has marked. */
    public Optional<StoredImage> find(String jobId, String imageId) {
        return byOwner.values().stream()
                .flatMap(images -> images.find(imageId).stream())
                .filter(image -> image.getRequest().getJobId().equals(jobId))
                .findFirst();
    }

    /**
     * Marks an image; returns once that is safe. Once more does no harm.
     *
     * @return false if the owner has {@value #MOST} already
     * @throws KafkaException if the journal does not take it
     */
    public boolean mark(String owner, StoredImage image) {
        if (of(owner).size() >= MOST && !contains(owner, image.getRequest().getImageId())) {
            return false;
        }
        StoredImage kept = RecentImages.withoutPrefix(image);
        KafkaClients.get(journal.write(key(owner, kept), kept));
        of(owner).add(kept); // whoever asked sees it at once
        return true;
    }

    /**
     * Takes a mark back; returns once that is safe.
     *
     * @throws KafkaException if the journal does not take it
     */
    public void unmark(String owner, String imageId) {
        KafkaClients.get(journal.forget(owner + "/" + imageId));
        of(owner).forget(imageId);
    }

    /** An image was deleted, and is nobody's favourite any more; so the journal does not keep its words. */
    public void whenDeleted(String imageId) {
        if (!complete) {
            return; // what is still to be read may have forgotten it
        }
        byOwner.keySet().stream().filter(owner -> contains(owner, imageId)).forEach(owner -> {
            of(owner).forget(imageId);
            try {
                journal.forget(owner + "/" + imageId);
            } catch (KafkaException e) {
                log.info("{} stays in the favourites until the next start: {}", imageId, Failures.describe(e));
            }
        });
    }

    /** The journal has an image under this key. */
    void take(String key, StoredImage image) {
        of(owner(key)).add(image);
    }

    /** The journal has nothing under this key any more. */
    void forget(String key) {
        of(owner(key)).forget(key.substring(key.indexOf('/') + 1));
    }

    /** All of the journal has been read. */
    void complete(Predicate<String> isDeleted) {
        complete = true;
        byOwner.values().stream()
                .flatMap(images -> images.newest(any -> true, null, Integer.MAX_VALUE).images().stream())
                .map(image -> image.getRequest().getImageId())
                .filter(isDeleted)
                .toList()
                .forEach(this::whenDeleted);
    }

    /** Whether those of before this process started are known. */
    public boolean isComplete() {
        return complete;
    }

    /** No name of a key holds a slash. */
    private static String owner(String key) {
        return key.substring(0, Math.max(0, key.indexOf('/')));
    }

    private static String key(String owner, StoredImage image) {
        return owner + "/" + image.getRequest().getImageId();
    }
}
