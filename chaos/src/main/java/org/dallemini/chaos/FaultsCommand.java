package org.dallemini.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code chaos/run faults}: the long form of what {@code FaultIT} does in a minute and a half. */
@Command(
        name = "faults",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Puts proxies before broker, registry and object store, and breaks the network in ten ways, one after the other, under steady load. The stages are processes of their own.")
final class FaultsCommand implements Callable<Integer> {
    private static final Duration SLOWNESS = Duration.ofSeconds(20);
    private static final Duration MIN_SILENCE = Duration.ofSeconds(12);

    @Option(
            names = "--outage",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long servers cannot be reached (default: ${DEFAULT-VALUE}).")
    private int outage;

    @Option(
            names = "--rate",
            paramLabel = "IMAGES/S",
            defaultValue = "3",
            description =
                    "Images asked for; the machine must manage twice as many to catch up (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--recovery",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "When throughput must be back, and again when all is caught up (default: ${DEFAULT-VALUE}).")
    private int recovery;

    @Option(
            names = "--seed",
            defaultValue = "20260917",
            description = "Of prompts and the order of faults (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private WorkFolder work;

    @Override
    public Integer call() throws Exception {
        Path folder = work.open("faults");
        Chaos.say("seed " + seed + ", data and logs in " + folder);
        Duration length = Duration.ofSeconds(outage);
        Duration silence = length.compareTo(MIN_SILENCE) < 0 ? MIN_SILENCE : length;
        List<Fault> faults = new ArrayList<>(Fault.all(length, silence, SLOWNESS));
        Collections.shuffle(faults, new Random(seed));
        try (ProxiedServers servers = ProxiedServers.start(folder);
                Stages stages = StageProcesses.start(folder, servers.settings(), List.of("-Xmx512m"))) {
            FaultRun.Report report = FaultRun.run(servers, stages, faults, rate, Duration.ofSeconds(recovery), seed);
            System.out.println(FaultTable.of(report));
            report.broken().forEach(problem -> System.out.println("BROKEN: " + problem));
            return report.broken().isEmpty() ? 0 : 1;
        }
    }
}
