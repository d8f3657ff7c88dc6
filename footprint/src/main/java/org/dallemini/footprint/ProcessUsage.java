package org.dallemini.footprint;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** What this process has used since it began, as far as the operating system tells. Thread-safe. */
final class ProcessUsage implements Supplier<Usage> {
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final Optional<Rapl> packages;
    private final List<GpuPower> gpus = new CopyOnWriteArrayList<>();

    ProcessUsage() {
        packages = Rapl.ofThisMachine(processorSeconds());
    }

    private double processorSeconds() {
        return system.getProcessCpuTime() / 1e9;
    }

    synchronized GpuPower watchGpu(String device) {
        return gpus.stream()
                .filter(gpu -> gpu.device().equals(device))
                .findFirst()
                .orElseGet(() -> {
                    GpuPower gpu = GpuPower.watch(device);
                    gpus.add(gpu);
                    return gpu;
                });
    }

    @Override
    public Usage get() {
        double processorSeconds = processorSeconds();
        return new Usage(
                processorSeconds,
                packages.map(each -> each.joules(processorSeconds)).orElse(Double.NaN),
                gpus.stream().mapToDouble(GpuPower::joules).sum());
    }
}
