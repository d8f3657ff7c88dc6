package org.dallemini.ingest.api;

import org.jspecify.annotations.Nullable;

/** Decides who may do what. */
interface Access {
    /**
     * @param host the header {@code Host}, null if there is none
     * @param authorization the header {@code Authorization}, null if there is none
     * @throws RefusedRequestException if the request may not be done
     */
    void check(Role needed, @Nullable String host, @Nullable String authorization) throws RefusedRequestException;
}
