package org.dallemini.bench.common;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory of a process as the kernel counts it, mapped files included.
 *
 * @param residentMb VmRSS in MB (10^6 bytes); 0 where there is no /proc
 * @param peakMb VmHWM, the largest it ever was, likewise
 */
public record ProcessMemory(double residentMb, double peakMb) {
    public static ProcessMemory now() throws IOException {
        return read(Path.of("/proc/self/status"));
    }

    /** Of another process. */
    public static ProcessMemory of(ProcessHandle process) throws IOException {
        return read(Path.of("/proc", Long.toString(process.pid()), "status"));
    }

    private static ProcessMemory read(Path status) throws IOException {
        return Files.isReadable(status) ? of(Files.readAllLines(status)) : new ProcessMemory(0, 0);
    }

    static ProcessMemory of(List<String> status) {
        return new ProcessMemory(megabytes(status, "VmRSS:"), megabytes(status, "VmHWM:"));
    }

    /** The kernel's kB are 1024 bytes. */
    private static double megabytes(List<String> status, String key) {
        return status.stream()
                .filter(line -> line.startsWith(key))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6)
                .findFirst()
                .orElse(0);
    }
}
