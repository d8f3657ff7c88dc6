package org.dallemini.footprint;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The energy that a GPU has used since it is watched: its power, which {@code nvidia-smi} tells every half second, over
 * time. Of the whole GPU, whoever works with it. Thread-safe.
 */
final class GpuPower {
    private static final Logger log = LoggerFactory.getLogger(GpuPower.class);
    private static final String MILLIS = "500";
    /** Power that is older is not known any more. */
    private static final double LONGEST_SECONDS = 5;

    private final String device;
    private volatile boolean known;
    private double joules;
    private double watts;
    private long since = System.nanoTime();

    private GpuPower(String device) {
        this.device = device;
    }

    static GpuPower watch(String device) {
        return watch(
                device,
                List.of(
                        "nvidia-smi",
                        "--id=" + device,
                        "--query-gpu=power.draw",
                        "--format=csv,noheader,nounits",
                        "--loop-ms=" + MILLIS));
    }

    /** @param command that writes watts, a number a line, until it is ended */
    static GpuPower watch(String device, List<String> command) {
        GpuPower gpu = new GpuPower(device);
        Thread thread = new Thread(() -> gpu.read(command), "gpu-power-" + device);
        thread.setDaemon(true);
        thread.start();
        return gpu;
    }

    String device() {
        return device;
    }

    /** Whether its power is told at present. */
    boolean isKnown() {
        return known;
    }

    private void read(List<String> command) {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            log.info("The energy of GPU {} is not known: {}", device, e.getMessage());
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line; (line = lines.readLine()) != null; ) {
                told(Double.parseDouble(line.trim()));
                known = true;
            }
        } catch (IOException | NumberFormatException e) {
            log.info("The energy of GPU {} is not known any more: {}", device, e.getMessage());
        } finally {
            process.destroy();
            known = false;
            told(0);
        }
    }

    private synchronized void told(double now) {
        joules();
        watts = now;
    }

    synchronized double joules() {
        long now = System.nanoTime();
        joules += watts * Math.min(LONGEST_SECONDS, (now - since) / 1e9);
        since = now;
        return joules;
    }
}
