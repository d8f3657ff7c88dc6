package org.dallemini.embedded;

import org.jspecify.annotations.Nullable;

/** Something else listens on the port that an embedded server was told to use. */
public final class PortInUseException extends EmbeddedServerException {
    private final String server;
    private final int port;

    /**
     * @param server who wanted the port, for example {@code Kafka broker}
     * @param setting the setting that chooses the port, for example {@code embedded.kafka.port}
     */
    public PortInUseException(String server, int port, String setting, @Nullable Throwable cause) {
        super(
                "Port " + port + " of 127.0.0.1, where the embedded " + server
                        + " should listen, is taken by another program; stop that program or set " + setting
                        + " to a free port (0 takes any)",
                cause);
        this.server = server;
        this.port = port;
    }

    public String server() {
        return server;
    }

    public int port() {
        return port;
    }
}
