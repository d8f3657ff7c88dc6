package org.dallemini.chaos;

/** The stages, by the commands that run them. */
enum StageKind {
    PROMPT_INGEST("prompt-ingest"),
    TOKEN_GENERATOR("token-generator"),
    IMAGE_DECODER("image-decoder"),
    STORAGE_SINK("storage-sink");

    private final String command;

    StageKind(String command) {
        this.command = command;
    }

    String command() {
        return command;
    }
}
