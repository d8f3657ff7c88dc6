package org.dallemini.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Exit;

/**
 * A full disk is the end of a broker: Kafka stops it with the process, and on a disk that is full already it cannot
 * even start in order, since it writes to files that are mapped into memory.
 */
final class DiskSpace {
    /** A new broker with the pipeline's topics and Kafka Streams' takes about as much. */
    private static final long MIN_FREE_BYTES = 32 << 20;

    /** What is called full: Kafka's files grow by pieces. */
    private static final long FULL_BELOW_BYTES = 1 << 20;

    private DiskSpace() {}

    /** @throws EmbeddedServerException if there is too little to start a broker in a folder */
    static void require(Path dataDir) throws IOException {
        long free = free(dataDir);
        if (free < MIN_FREE_BYTES) {
            throw new EmbeddedServerException(
                    "The embedded Kafka broker cannot start on " + dataDir + ": it needs "
                            + megabytes(MIN_FREE_BYTES) + " there, " + megabytes(free)
                            + " are left; make room, or choose another data directory",
                    null);
        }
    }

    /** From now on, when Kafka ends the process because of a broker's fault, the last line says what to do. */
    static void explainTheEnd(Path dataDir) {
        Exit.setHaltProcedure((status, message) -> {
            System.err.println("dallemini: " + message(dataDir));
            Runtime.getRuntime().halt(status);
        });
    }

    private static String message(Path dataDir) {
        try {
            long free = free(dataDir);
            if (free < FULL_BELOW_BYTES) {
                return "the disk is full: " + megabytes(free) + " are left in " + dataDir
                        + ", and the embedded Kafka broker has ended the process; make room and start again, what was"
                        + " acknowledged is kept";
            }
        } catch (IOException e) {
            // The disk has gone altogether.
        }
        return "the embedded Kafka broker on " + dataDir
                + " has met a fault after which it cannot go on, and has ended the process; the log says more";
    }

    private static long free(Path dataDir) throws IOException {
        return Files.getFileStore(dataDir).getUsableSpace();
    }

    private static String megabytes(long bytes) {
        return (bytes >> 20) + " MB";
    }
}
