package org.dallemini.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines between brokers, and from their clients to them, each a {@link TcpProxy}. Clients reach broker 2 by a port
 * of 127.0.0.1. To brokers it is {@code broker-2}, a name for which each has an address of its own, 127.0.1.2 for
 * broker 1; so a line belongs to one pair and direction, and a broker can be cut off from both sides. Needs Linux,
 * where all of 127.0.0.0/8 is the loopback.
 */
final class BrokerNetwork implements AutoCloseable {
    private final List<Line> lines = new ArrayList<>();
    private final List<Ports> ports = new ArrayList<>();

    /**
     * Where a broker listens on 127.0.0.1.
     *
     * @param clients for clients
     * @param brokers for the other brokers
     * @param controller for the quorum
     */
    record Ports(int clients, int brokers, int controller) {}

    /** @param from 0 for all clients */
    private record Line(int from, int to, TcpProxy proxy) {}

    private BrokerNetwork() {}

    /** Opens all lines; nobody listens at their ends yet. */
    static BrokerNetwork open(int size) throws IOException {
        var network = new BrokerNetwork();
        try {
            for (int i = 0; i < size; i++) {
                network.ports.add(new Ports(FreePort.find(), FreePort.find(), FreePort.find()));
            }
            for (int to = 1; to <= size; to++) {
                Ports target = network.ports(to);
                network.lines.add(new Line(0, to, TcpProxy.to(target.clients())));
                for (int from = 1; from <= size; from++) {
                    if (from != to) {
                        network.connect(from, to, target.brokers());
                        network.connect(from, to, target.controller());
                    }
                }
            }
            return network;
        } catch (IOException e) {
            network.close();
            throw e;
        }
    }

    private void connect(int from, int to, int port) throws IOException {
        var address = new InetSocketAddress(InetAddress.getByName(address(from, to)), port);
        lines.add(new Line(from, to, TcpProxy.at(address, port)));
    }

    private static String address(int from, int to) {
        return from == to ? "127.0.0.1" : "127.0." + from + "." + to;
    }

    Ports ports(int broker) {
        return ports.get(broker - 1);
    }

    int size() {
        return ports.size();
    }

    static String name(int broker) {
        return "broker-" + broker;
    }

    /** The address of a broker for clients. */
    String clientAddress(int broker) {
        return lines.stream()
                .filter(line -> line.from() == 0 && line.to() == broker)
                .findFirst()
                .orElseThrow()
                .proxy()
                .address();
    }

    /** What a broker knows of names, for {@code jdk.net.hosts.file}: its JVM asks nobody else. */
    List<String> hosts(int broker) throws IOException {
        var hosts = new ArrayList<String>();
        hosts.add("127.0.0.1 localhost");
        hosts.add("127.0.0.1 " + InetAddress.getLocalHost().getHostName());
        for (int to = 1; to <= size(); to++) {
            hosts.add(address(broker, to) + " " + name(to));
        }
        return hosts;
    }

    /** Nothing passes to or from the broker, and nobody is told. */
    void cutOff(int broker) {
        lines.stream()
                .filter(line -> line.from() == broker || line.to() == broker)
                .forEach(line -> line.proxy().hang());
    }

    /** All passes again; what was held back arrives late. */
    void heal() throws IOException {
        for (Line line : lines) {
            line.proxy().heal();
        }
    }

    @Override
    public void close() {
        lines.forEach(line -> line.proxy().close());
    }
}
