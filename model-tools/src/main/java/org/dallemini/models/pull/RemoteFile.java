package org.dallemini.models.pull;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a file before it is fetched.
 *
 * @param name within its checkpoint, {@code config.json} for instance
 * @param location where it lies, for messages
 * @param size bytes
 * @param hash null where the server gives none
 * @param validator entity tag or date by which the server recognises this version; null where it gives none
 */
record RemoteFile(
        String name,
        String location,
        long size,
        @Nullable FileHash hash,
        @Nullable String validator) {

    /** Equal for files of the same content only; empty if nothing can tell. */
    String identity() {
        if (hash != null) {
            return size + " " + hash;
        }
        return validator == null ? "" : size + " " + validator;
    }
}
