package org.dallemini.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** For servers whose port must be known before they start, or be the same after a restart. */
final class FreePort {
    private FreePort() {}

    /** A port of the loopback address on which nobody listens at this moment. */
    static int find() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
