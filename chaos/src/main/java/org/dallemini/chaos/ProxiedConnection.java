package org.dallemini.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.dallemini.chaos.TcpProxy.Weather;
import org.jspecify.annotations.Nullable;

/** One connection through a {@link TcpProxy}: a thread for each direction. */
final class ProxiedConnection {
    private static final int PIECE = 16 << 10;

    /** With a throttle, pieces are so small that ten of them go in a second. */
    private static final int PIECES_A_SECOND = 10;

    private final Socket client;
    private final Socket server;
    private final Gate gate;
    private final Consumer<ProxiedConnection> whenOver;
    private volatile boolean over;

    /** Lets pieces through, or makes them wait. */
    interface Gate {
        Weather await(ProxiedConnection connection) throws InterruptedException;
    }

    private enum Direction {
        UP,
        DOWN
    }

    ProxiedConnection(Socket client, Socket server, Gate gate, Consumer<ProxiedConnection> whenOver)
            throws IOException {
        this.client = client;
        this.server = server;
        this.gate = gate;
        this.whenOver = whenOver;
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
    }

    void start() {
        start("up", () -> pump(client, server, Direction.UP));
        start("down", () -> pump(server, client, Direction.DOWN));
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void start(String name, Work work) {
        var thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | InterruptedException e) {
                        reset();
                    }
                },
                "proxy-" + client.getLocalPort() + "-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void pump(Socket from, Socket to, Direction direction) throws IOException, InterruptedException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] piece = new byte[PIECE];
        @Nullable Weather counting = null;
        long counted = 0;
        int read = 0;
        while (read >= 0) {
            Weather weather = gate.await(this);
            long rate = weather.bytesPerSecond();
            int most = (int) Math.max(1, Math.min(PIECE, rate / PIECES_A_SECOND));
            read = in.read(piece, 0, most);
            weather = gate.await(this); // it may have changed while there was nothing to read
            pause(direction == Direction.UP ? weather.delayUp() : weather.delayDown());
            if (read > 0) {
                pause(Duration.ofNanos((long) (1e9 * read / weather.bytesPerSecond())));
                out.write(piece, 0, read);
            }
            if (direction == Direction.UP) {
                counted = weather.equals(counting) ? counted + Math.max(0, read) : Math.max(0, read);
                counting = weather;
                if (counted > weather.uploadLimit()) {
                    reset();
                }
            }
        }
        to.shutdownOutput();
        if (to.isInputShutdown() || from.isOutputShutdown()) {
            end();
        }
    }

    private static void pause(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    boolean isOver() {
        return over;
    }

    /** The client reads the end of the stream, and may go on writing. */
    void halfClose() {
        try {
            client.shutdownOutput();
        } catch (IOException e) {
            reset(); // it has gone already
        }
    }

    /** Both sides get a reset, and what is under way is lost. */
    void reset() {
        end(() -> {
            reset(client);
            reset(server);
        });
    }

    private void end() {
        end(() -> {
            close(client);
            close(server);
        });
    }

    private void end(Runnable how) {
        over = true;
        how.run();
        whenOver.accept(this);
    }

    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0); // closing then sends a reset instead of waiting for the rest
        } catch (IOException e) {
            // closed already
        }
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // nothing is left to be done
        }
    }
}
