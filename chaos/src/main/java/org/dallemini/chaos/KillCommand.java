package org.dallemini.chaos;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code chaos/run kill}. */
@Command(
        name = "kill",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Draws images while every stage is killed, frozen and scaled, and the servers are killed under them; then compares all topics and the bucket with an undisturbed run.")
final class KillCommand implements Callable<Integer> {
    private static final int KILLS_PER_SCALING = 6, KILLS_PER_FREEZE = 15, KILLS_PER_SERVER_KILL = 20;

    @Option(names = "--images", defaultValue = "1000", description = "Images to draw (default: ${DEFAULT-VALUE}).")
    private int images;

    @Option(
            names = "--kills",
            defaultValue = "60",
            description =
                    "Kills of stages; scalings, freezes and kills of the servers come in proportion (default: ${DEFAULT-VALUE}).")
    private int kills;

    @Option(names = "--seed", description = "Of prompts and disruptions (default: a random one, which is printed).")
    private @Nullable Long seed;

    @Mixin
    private WorkFolder work;

    @Override
    public Integer call() throws Exception {
        Path place = work.open("kill");
        KillReport report =
                new KillRun(place, seed == null ? new Random().nextInt(1_000_000) : seed, images, amount()).run();
        System.out.print(report.text());
        return report.isKept() ? 0 : 1;
    }

    private Disruption.Amount amount() {
        return new Disruption.Amount(
                kills,
                Math.max(1, kills / KILLS_PER_SCALING),
                Math.max(1, kills / KILLS_PER_FREEZE),
                Math.max(1, kills / KILLS_PER_SERVER_KILL));
    }
}
