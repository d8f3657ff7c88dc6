package org.dallemini.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere the loopback is one address")
class BrokerNetworkTest {

    @Test
    void shouldCutOffABrokerFromBothSidesAndHealIt() throws IOException {
        try (BrokerNetwork network = BrokerNetwork.open(3);
                var one = broker(network, 1);
                var two = broker(network, 2);
                var three = broker(network, 3)) {
            // Given
            assertThat(network.hosts(1)).contains("127.0.0.1 broker-1", "127.0.1.2 broker-2", "127.0.1.3 broker-3");
            network.cutOff(2);

            // Then
            assertIsCut("127.0.1.2", two);
            assertIsCut("127.0.2.3", three);
            assertPasses("127.0.1.3", three);
            assertPasses("127.0.3.1", one);

            // When
            network.heal();

            // Then
            assertPasses("127.0.1.2", two);
            assertPasses("127.0.2.3", three);
        }
    }

    /** Listens, and says one byte to each who comes. */
    private static ServerSocket broker(BrokerNetwork network, int id) throws IOException {
        var server = new ServerSocket(network.ports(id).brokers(), 50, InetAddress.getLoopbackAddress());
        var thread = new Thread(() -> {
            try {
                while (true) {
                    server.accept().getOutputStream().write(id);
                }
            } catch (IOException e) {
                // the end of the test
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private static void assertPasses(String address, ServerSocket to) throws IOException {
        try (Socket socket = new Socket(address, to.getLocalPort())) {
            socket.setSoTimeout(10_000);
            assertThat(socket.getInputStream().read()).isBetween(1, 3);
        }
    }

    private static void assertIsCut(String address, ServerSocket to) throws IOException {
        try (Socket socket = new Socket(address, to.getLocalPort())) {
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
    }
}
