package org.dallemini.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code chaos/run soak}: the long form of {@code SoakIT}. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Runs all stages as processes under steady load, with refused prompts and resets of all connections mixed in, and watches whether heap, direct and native memory, threads and file handles stay where they are.")
final class SoakCommand implements Callable<Integer> {
    private static final Pattern LENGTH = Pattern.compile("(\\d+)([smh])");
    private static final int SAMPLES = 120;
    private static final Duration MIN_PAUSE = Duration.ofSeconds(2);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "1h",
            description = "For example 90s, 15m or 1h; a tenth more goes ahead to warm up (default: ${DEFAULT-VALUE}).")
    private String duration;

    @Option(
            names = "--rate",
            paramLabel = "IMAGES/S",
            defaultValue = "3",
            description = "Prompts; one in ten is to be refused (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(names = "--seed", defaultValue = "20260917", description = "Of the prompts (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private WorkFolder work;

    @Override
    public Integer call() throws Exception {
        Duration length = length();
        Path folder = work.open("soak");
        Chaos.say("seed " + seed + ", data, logs and samples.csv in " + folder);
        Duration pause = length.dividedBy(SAMPLES);
        var plan = new SoakRun.Plan(
                length.dividedBy(10),
                length,
                pause.compareTo(MIN_PAUSE) < 0 ? MIN_PAUSE : pause,
                length.dividedBy(12),
                rate,
                seed,
                folder.resolve("samples.csv"));
        try (ProxiedServers servers = ProxiedServers.start(folder);
                StageProcesses stages = StageProcesses.start(folder, servers.settings(), SoakRun.JVM)) {
            SoakRun.Report report = SoakRun.run(servers, stages, plan);
            System.out.println(SoakTable.of(report));
            report.broken().forEach(problem -> System.out.println("BROKEN: " + problem));
            return report.broken().isEmpty() ? 0 : 1;
        }
    }

    private Duration length() {
        Matcher given = LENGTH.matcher(duration);
        if (!given.matches()) {
            throw new ParameterException(spec.commandLine(), "--duration is like 90s, 15m or 1h, not " + duration);
        }
        long amount = Long.parseLong(given.group(1));
        return switch (given.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }
}
