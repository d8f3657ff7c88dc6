package org.dallemini.embedded;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * The two server sockets of a node, bound before Kafka starts: a port that is taken is reported before anything is
 * written, and a port that was free when it was chosen cannot be taken meanwhile.
 */
final class BoundSockets implements ServerSocketFactory, AutoCloseable {
    static final InetAddress LOOPBACK = loopback();

    private final ServerSocketChannel broker;
    private final ServerSocketChannel controller;

    private BoundSockets(ServerSocketChannel broker, ServerSocketChannel controller) {
        this.broker = broker;
        this.controller = controller;
    }

    /**
     * @param brokerPort 0 for any free port; the controller always gets any
     * @throws PortInUseException if the port is taken
     */
    static BoundSockets bind(int brokerPort) throws IOException {
        ServerSocketChannel broker;
        try {
            broker = bindTo(brokerPort);
        } catch (BindException e) {
            throw new PortInUseException("Kafka broker", brokerPort, EmbeddedKafka.PORT_SETTING, e);
        }
        try {
            return new BoundSockets(broker, bindTo(0));
        } catch (IOException e) {
            broker.close();
            throw e;
        }
    }

    private static ServerSocketChannel bindTo(int port) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            return channel.bind(new InetSocketAddress(LOOPBACK, port));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e); // four bytes are always an address
        }
    }

    int brokerPort() throws IOException {
        return port(broker);
    }

    int controllerPort() throws IOException {
        return port(controller);
    }

    private static int port(ServerSocketChannel channel) throws IOException {
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    @Override
    public ServerSocketChannel openServerSocket(
            String listener, InetSocketAddress address, int backlog, int receiveBufferSize) throws IOException {
        ServerSocketChannel bound = listener.equals(BrokerSettings.CONTROLLER_LISTENER) ? controller : broker;
        // As Kafka's own factory does: its acceptor polls the channel.
        bound.configureBlocking(false);
        return bound;
    }

    @Override
    public void close() throws IOException {
        try (broker) {
            controller.close();
        }
    }
}
