package org.dallemini.ingest.webhooks;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Which addresses may be connected to. Whoever submits a job chooses where requests go: without this, they could make
 * the service speak to machines that only it can reach (server-side request forgery).
 *
 * @param privateAllowed whether those of the machine itself and of networks that are not public may be
 */
record AddressPolicy(boolean privateAllowed) {
    /** Not public, by IANA's IPv4 special-purpose address registry (RFC 6890), and multicast. */
    private static final List<Block> IPV4 = List.of(
            block(8, 0), // this network
            block(8, 10), // private
            block(10, 100, 64), // shared by a carrier's customers
            block(8, 127), // loopback
            block(16, 169, 254), // link-local; clouds hand out credentials here
            block(12, 172, 16), // private
            block(24, 192, 0, 0), // protocol assignments
            block(24, 192, 0, 2), // documentation
            block(24, 192, 88, 99), // relays from 6to4
            block(16, 192, 168), // private
            block(15, 198, 18), // benchmarks
            block(24, 198, 51, 100), // documentation
            block(24, 203, 0, 113), // documentation
            block(4, 224), // multicast
            block(4, 240)); // reserved, and broadcast

    /** All that is public in IPv6 is in here; loopback, link-local, unique local and multicast are not. */
    private static final Block IPV6_GLOBAL = block(3, 0x20);

    /** Parts of it that are not public, by IANA's IPv6 special-purpose address registry. */
    private static final List<Block> IPV6 = List.of(
            block(23, 0x20, 0x01), // protocol assignments, Teredo
            block(32, 0x20, 0x01, 0x0d, 0xb8), // documentation
            block(16, 0x20, 0x02), // 6to4, with any IPv4 address in it
            block(20, 0x3f, 0xff)); // documentation

    /** An IPv4 address in its last four bytes: mapped, as programs write it, and as NAT64 translates it (RFC 6052). */
    private static final List<Block> IPV4_WITHIN =
            List.of(block(96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff), block(96, 0x00, 0x64, 0xff, 0x9b));

    /** Addresses that begin with the first {@code bits} of {@code start}, which is filled up with zeros. */
    private record Block(int bits, int[] start) {
        boolean holds(byte[] address) {
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % Byte.SIZE;
                int at = bit / Byte.SIZE;
                int wanted = at < start.length ? start[at] : 0;
                if ((address[at] & mask) != (wanted & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static Block block(int bits, int... start) {
        return new Block(bits, start);
    }

    /** Whether a connection to the address may be made. */
    boolean allows(InetAddress address) {
        return privateAllowed || isPublic(address.getAddress());
    }

    private static boolean isPublic(byte[] address) {
        if (address.length == 4) {
            return IPV4.stream().noneMatch(block -> block.holds(address));
        }
        if (IPV4_WITHIN.stream().anyMatch(block -> block.holds(address))) {
            return isPublic(Arrays.copyOfRange(address, 12, 16));
        }
        return IPV6_GLOBAL.holds(address) && IPV6.stream().noneMatch(block -> block.holds(address));
    }
}
