package org.dallemini.cli;

import java.io.IOException;
import java.net.ServerSocket;

/** Ports for stages that a test asks for their health. */
final class ManagementPort {
    private ManagementPort() {}

    /** One that was free a moment ago. */
    static int free() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
