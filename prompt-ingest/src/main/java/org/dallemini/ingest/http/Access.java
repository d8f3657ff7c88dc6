package org.dallemini.ingest.http;

import org.jspecify.annotations.Nullable;

/** Decides who may do what. */
public interface Access {
    /**
     * @param needed null for what anybody may see who may come here at all
     * @param host the header {@code Host}, null if there is none
     * @param authorization the header {@code Authorization}, null if there is none
     * @return who it is
     * @throws RefusedRequestException if the request may not be done
     */
    Caller check(@Nullable Role needed, @Nullable String host, @Nullable String authorization)
            throws RefusedRequestException;
}
