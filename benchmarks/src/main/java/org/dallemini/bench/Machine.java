package org.dallemini.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.dallemini.dalle.precision.Processor;

/**
 * The machine that was measured.
 *
 * @param processor its name, as the kernel says it
 * @param processors that this process may use
 * @param byteProducts whether it has instructions that multiply bytes
 * @param memoryGb in 10^9 bytes; 0 if unknown
 * @param system operating system
 * @param java the JDK
 */
record Machine(String processor, int processors, boolean byteProducts, double memoryGb, String system, String java) {

    static Machine current() throws IOException {
        return new Machine(
                value("/proc/cpuinfo", "model name", System.getProperty("os.arch", "?")),
                Runtime.getRuntime().availableProcessors(),
                Processor.hasByteProducts(),
                1024 * Long.parseLong(value("/proc/meminfo", "MemTotal", "0").replaceAll("\\D", "")) / 1e9,
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    }

    private static String value(String file, String key, String otherwise) throws IOException {
        List<String> lines = Files.isReadable(Path.of(file)) ? Files.readAllLines(Path.of(file)) : List.of();
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse(otherwise);
    }

    String text() {
        return processor + ", " + processors + " processors (" + (byteProducts ? "" : "no ")
                + "instructions that multiply bytes), " + String.format(Locale.ROOT, "%.0f GB", memoryGb);
    }
}
