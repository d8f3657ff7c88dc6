package org.dallemini.ingest.openai;

/** How an image comes back. */
enum ImageFormat {
    /** An address that can be opened without a key. */
    URL,
    /** The image itself, in Base64. */
    B64_JSON
}
