package org.dallemini.models.pull;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The files of one checkpoint somewhere else. Calls do not retry: that is {@link Retry}'s affair. */
interface Remote extends AutoCloseable {

    /**
     * Content of a file on its way.
     *
     * @param from the byte of the file with which the stream begins; 0 if the server cannot begin elsewhere
     * @param stream may end early; the caller closes it
     */
    record Body(long from, InputStream stream) {}

    ModelOrigin.Origin origin();

    /** Where a file of this name lies or would lie, for messages. */
    String locate(String name);

    Optional<RemoteFile> find(String name) throws IOException;

    /** What is written for people about the model; empty if there is nothing, or only checkpoints are kept there. */
    default Optional<RemoteFile> readme() throws IOException {
        return Optional.empty();
    }

    /**
     * Begins to read a file.
     *
     * @param from the byte to begin with if the server can
     */
    Body open(RemoteFile file, long from) throws IOException;

    @Override
    void close();
}
