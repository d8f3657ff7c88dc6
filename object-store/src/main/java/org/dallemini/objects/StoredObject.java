package org.dallemini.objects;

import java.util.Map;

/**
 * What the store knows of an object.
 *
 * @param etag the entity tag, without quotes
 * @param size bytes
 * @param userMetadata by lower-case name, without S3's prefix; values as they were put
 */
public record StoredObject(
        String bucket, String key, String etag, long size, String contentType, Map<String, String> userMetadata) {}
