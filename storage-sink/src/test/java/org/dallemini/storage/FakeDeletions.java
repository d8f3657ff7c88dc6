package org.dallemini.storage;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Deletions as a test has them: those that were heard of, and those that this process has not heard of yet. */
final class FakeDeletions implements DeletionGuard {
    final Set<String> heard = ConcurrentHashMap.newKeySet();
    final Set<String> unheard = ConcurrentHashMap.newKeySet();
    volatile boolean isUnknown;

    @Override
    public boolean isDeleted(String imageId) throws DeletionsUnknownException {
        if (isUnknown) {
            throw new DeletionsUnknownException("Nobody knows what has been deleted", null);
        }
        return heard.contains(imageId);
    }

    @Override
    public boolean wasDeletedByNow(String imageId) {
        return heard.contains(imageId) || unheard.contains(imageId);
    }
}
