package org.dallemini.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
    private final AtomicLong received = new AtomicLong();
    private final Queue<Socket> accepted = new ConcurrentLinkedQueue<>();
    private ServerSocket server;
    private TcpProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        proxy = TcpProxy.to(server.getLocalPort());
        thread(() -> {
            while (true) {
                Socket socket = server.accept();
                accepted.add(socket);
                thread(() -> echo(socket));
            }
        });
    }

    private void echo(Socket socket) throws IOException {
        byte[] buffer = new byte[1000];
        for (int n = 0; n >= 0; n = socket.getInputStream().read(buffer)) {
            received.addAndGet(n);
            socket.getOutputStream().write(buffer, 0, n);
        }
        socket.close();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void thread(Work work) {
        var thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // the end of the test
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    private Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String receive(Socket socket, int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
    }

    @Test
    void shouldForwardBothWaysAndTheEnd() throws IOException {
        try (Socket client = connect()) {
            send(client, "hello");
            assertThat(receive(client, 5)).isEqualTo("hello");
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        await().untilAsserted(() -> assertThat(proxy.connections()).isZero());
    }

    @Test
    void shouldRefuseAndComeBackOnTheSamePort() throws IOException {
        // Given
        try (Socket client = connect()) {
            send(client, "hello");
            receive(client, 5);

            // When
            proxy.refuse();

            // Then
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        }
        proxy.heal();
        try (Socket client = connect()) {
            send(client, "again");
            assertThat(receive(client, 5)).isEqualTo("again");
        }
    }

    @Test
    void shouldCountTheAttemptsThatItSlamsTheDoorOn() throws IOException {
        long since = System.nanoTime();
        proxy.slam();
        for (int i = 0; i < 3; i++) {
            try (Socket client = connect()) {
                assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            }
        }

        assertThat(proxy.attemptsSince(since)).hasSize(3).isSorted();
        assertThat(accepted).isEmpty();
    }

    @Test
    void shouldHoldEverythingBackAndDeliverItLate() throws IOException {
        try (Socket client = connect()) {
            send(client, "first");
            receive(client, 5);
            proxy.hang();
            send(client, "late");
            client.setSoTimeout(200);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(received).hasValue(5);
            try (Socket second = connect()) {
                assertThat(second.isConnected()).isTrue();
            }

            proxy.heal();

            client.setSoTimeout(10_000);
            assertThat(receive(client, 4)).isEqualTo("late");
        }
    }

    @Test
    void shouldCloseOneHalfOnly() throws IOException {
        try (Socket client = connect()) {
            send(client, "hello");
            receive(client, 5);

            proxy.halfClose();

            assertThat(client.getInputStream().read()).isEqualTo(-1);
            send(client, "still here");
            await().untilAsserted(() -> assertThat(received).hasValue(15));
        }
    }

    @Test
    void shouldTakeItsTime() throws IOException {
        try (Socket client = connect()) {
            proxy.delay(Duration.ofMillis(200), Duration.ofMillis(100));
            long start = System.nanoTime();
            send(client, "hello");
            receive(client, 5);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));

            proxy.throttle(20_000);
            start = System.nanoTime();
            send(client, "x".repeat(10_000));
            receive(client, 10_000);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(450));
        }
    }

    @Test
    void shouldResetInTheMiddleOfAnUpload() throws IOException {
        proxy.resetUploadsAfter(5_000);
        try (Socket small = connect();
                Socket large = connect()) {
            send(small, "x".repeat(4_000));
            assertThat(receive(small, 4_000)).hasSize(4_000);
            assertThatThrownBy(() -> {
                        send(large, "x".repeat(100_000));
                        large.getInputStream().readAllBytes();
                    })
                    .isInstanceOf(SocketException.class);
        }
        assertThat(received.get()).isLessThan(4_000 + 100_000);
    }
}
