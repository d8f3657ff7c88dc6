package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The TCP sockets on which a process listens, from Linux's {@code /proc}. */
final class ListeningSockets {
    private static final String LISTENING = "0A";

    /** 127.0.0.1, the same as IPv6 has it, and ::1; each four bytes in the order of the processor. */
    private static final Set<String> LOOPBACK =
            Set.of("0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000");

    private ListeningSockets() {}

    static boolean areKnown() {
        return Files.isReadable(Path.of("/proc/self/net/tcp"));
    }

    /** Addresses and ports in hexadecimal digits. */
    static List<String> of(long pid) throws IOException {
        Set<String> own = inodes(pid);
        var listening = new ArrayList<String>();
        for (String table : new String[] {"tcp", "tcp6"}) {
            Path file = Path.of("/proc", Long.toString(pid), "net", table);
            if (!Files.exists(file)) {
                continue; // a machine without IPv6
            }
            for (String line : Files.readAllLines(file)) {
                String[] columns = line.trim().split("\\s+");
                if (columns.length > 9 && columns[3].equals(LISTENING) && own.contains(columns[9])) {
                    listening.add(columns[1]);
                }
            }
        }
        return listening;
    }

    static boolean isOnLoopback(String socket) {
        return LOOPBACK.contains(socket.replaceFirst(":.*", ""));
    }

    private static Set<String> inodes(long pid) throws IOException {
        var inodes = new HashSet<String>();
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path descriptor : open.toList()) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring("socket:[".length(), target.length() - 1));
                    }
                } catch (IOException e) {
                    continue; // closed meanwhile
                }
            }
        }
        return inodes;
    }
}
