package org.dallemini.ingest.openai;

/** How an image comes back. */
enum ImageFormat {
    /** An address that whoever has it may open. */
    URL,
    /** The image itself, in Base64. */
    B64_JSON
}
