package org.dallemini.chaos;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A network between clients and a server that can be made as bad as networks are: it listens on a loopback port of its
 * own and forwards each connection, two threads for each. Whatever was done to it, {@link #heal} makes it good again,
 * on the same port.
 */
final class TcpProxy implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final int BACKLOG = 200;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final long NEVER = Long.MAX_VALUE;
    private static final Weather FINE = new Weather(Mode.PASS, Duration.ZERO, Duration.ZERO, NEVER, NEVER);

    private final Socket placeholder;
    private final int targetPort;
    private final Object change = new Object();
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private final List<Long> attempts = new ArrayList<>();
    private Listener listener;
    private volatile Weather weather = FINE;

    /** What becomes of connections. */
    enum Mode {
        PASS,
        /** The port is closed: connection attempts are refused. */
        REFUSE,
        /** Attempts are accepted and reset at once; unlike refused ones they can be counted. */
        SLAM,
        /** All is accepted and nothing is passed on until it is over; then everything arrives, late. */
        HANG
    }

    /**
     * What the network is like.
     *
     * @param delayUp each piece of up to 16 KiB to the server takes longer by this; one piece at a time is on its way
     * @param delayDown the same to the client
     * @param bytesPerSecond of each connection and direction
     * @param uploadLimit a connection is reset once it has sent more bytes than this to the server in this weather
     */
    record Weather(Mode mode, Duration delayUp, Duration delayDown, long bytesPerSecond, long uploadLimit) {}

    /** The open port, and the thread that accepts on it. */
    private record Listener(ServerSocket socket, Thread acceptor) {

        /** The kernel completes handshakes on a closed port until the thread has left its accept: waits for that. */
        void close() throws IOException {
            socket.close();
            try {
                acceptor.join(CLOSE_TIMEOUT.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while " + socket + " was closed");
            }
        }
    }

    /** @param targetPort where the server listens on loopback; nothing needs to listen there yet */
    static TcpProxy to(int targetPort) throws IOException {
        return new TcpProxy(new InetSocketAddress(LOOPBACK, 0), targetPort);
    }

    /** One that listens on another of the loopback's addresses, so that it can have its server's port. */
    static TcpProxy at(InetSocketAddress address, int targetPort) throws IOException {
        return new TcpProxy(address, targetPort);
    }

    private TcpProxy(InetSocketAddress address, int targetPort) throws IOException {
        this.targetPort = targetPort;
        // Keeps the port while it refuses connections: else another socket might get it, or a client might even, by
        // chance, connect to itself.
        placeholder = new Socket();
        placeholder.setReuseAddress(true);
        placeholder.bind(address);
        listener = listen();
    }

    private Listener listen() throws IOException {
        var socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(placeholder.getLocalSocketAddress(), BACKLOG);
        var thread = new Thread(() -> accept(socket), "proxy-" + port());
        thread.setDaemon(true);
        thread.start();
        return new Listener(socket, thread);
    }

    int port() {
        return placeholder.getLocalPort();
    }

    /** {@code 127.0.0.1:port}. */
    String address() {
        return placeholder.getLocalAddress().getHostAddress() + ":" + port();
    }

    private void accept(ServerSocket from) {
        while (true) {
            Socket client;
            try {
                client = from.accept();
            } catch (IOException e) {
                return; // closed by us
            }
            synchronized (attempts) {
                attempts.add(System.nanoTime());
            }
            if (isShut()) {
                ProxiedConnection.reset(client);
            } else {
                connect(client);
            }
        }
    }

    private boolean isShut() {
        return weather.mode() == Mode.SLAM || weather.mode() == Mode.REFUSE;
    }

    private void connect(Socket client) {
        try {
            var connection =
                    new ProxiedConnection(client, new Socket(LOOPBACK, targetPort), this::await, connections::remove);
            connections.add(connection);
            if (isShut()) {
                connection.reset(); // refuse() or slam() came in between, and may not have seen it
            } else {
                connection.start();
            }
        } catch (IOException e) {
            ProxiedConnection.reset(client); // the server is not there
        }
    }

    /** The weather once something may pass. */
    private Weather await(ProxiedConnection connection) throws InterruptedException {
        synchronized (change) {
            while (weather.mode() == Mode.HANG && !connection.isOver()) {
                change.wait();
            }
            return weather;
        }
    }

    /** As a server that died: all connections are reset, further ones refused. */
    void refuse() throws IOException {
        set(new Weather(Mode.REFUSE, Duration.ZERO, Duration.ZERO, NEVER, NEVER));
        listener.close();
        resetAll();
    }

    /** As a load balancer without servers: all connections are reset, further ones as soon as they are there. */
    void slam() {
        set(new Weather(Mode.SLAM, Duration.ZERO, Duration.ZERO, NEVER, NEVER));
        resetAll();
    }

    /** As a firewall that drops packets: nobody is told anything. */
    void hang() {
        set(new Weather(Mode.HANG, Duration.ZERO, Duration.ZERO, NEVER, NEVER));
    }

    /** A long way, each direction of its own length. */
    void delay(Duration up, Duration down) {
        set(new Weather(Mode.PASS, up, down, NEVER, NEVER));
    }

    /** A thin line. */
    void throttle(long bytesPerSecond) {
        set(new Weather(Mode.PASS, Duration.ZERO, Duration.ZERO, bytesPerSecond, NEVER));
    }

    /** Each connection is reset when it has sent so many bytes: in the middle of an upload that is longer. */
    void resetUploadsAfter(long bytes) {
        set(new Weather(Mode.PASS, Duration.ZERO, Duration.ZERO, NEVER, bytes));
    }

    /** Resets what is connected at present; new connections are welcome. */
    void resetAll() {
        connections.forEach(ProxiedConnection::reset);
    }

    /** Says to all clients at present that the server sends no more; what they send still arrives. */
    void halfClose() {
        connections.forEach(ProxiedConnection::halfClose);
    }

    /** Everything passes again. */
    void heal() throws IOException {
        if (listener.socket().isClosed()) {
            listener = listen();
        }
        set(FINE);
    }

    private void set(Weather next) {
        synchronized (change) {
            weather = next;
            change.notifyAll();
        }
    }

    /** When clients have connected since, in nanoseconds of {@link System#nanoTime}; refused attempts are not seen. */
    List<Long> attemptsSince(long nanos) {
        synchronized (attempts) {
            return attempts.stream().filter(at -> at - nanos >= 0).toList();
        }
    }

    int connections() {
        return connections.size();
    }

    @Override
    public void close() {
        try {
            listener.close();
            placeholder.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            resetAll();
            set(FINE);
        }
    }
}
