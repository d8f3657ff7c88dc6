package org.dallemini.chaos;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code chaos/run kill}. */
@Command(
        name = "kill",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Draws images while every stage is killed, frozen and scaled, and the servers are killed under them; then compares all topics and the bucket with an undisturbed run. With --brokers 3 it is the brokers that are rolled, killed, frozen, cut off and have a full disk, one after the other, and readers who wait.")
final class KillCommand implements Callable<Integer> {
    private static final int KILLS = 60, BROKER_KILLS = 3;
    private static final int KILLS_PER_SCALING = 6, KILLS_PER_FREEZE = 15, KILLS_PER_SERVER_KILL = 20;

    @Option(names = "--images", defaultValue = "1000", description = "Images to draw (default: ${DEFAULT-VALUE}).")
    private int images;

    @Option(
            names = "--kills",
            description =
                    "Kills of stages, or of brokers where there are three; all else comes in proportion (default: "
                            + KILLS + ", or " + BROKER_KILLS + " of brokers).")
    private @Nullable Integer kills;

    @Option(
            names = "--brokers",
            defaultValue = "1",
            description = "1 in a process with the other servers, or 3 of Kafka's own (default: ${DEFAULT-VALUE}).")
    private int brokers;

    @Option(
            names = "--rate",
            paramLabel = "IMAGES/S",
            defaultValue = "2",
            description =
                    "With three brokers: images asked for; the machine must manage twice as many (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(names = "--seed", description = "Of prompts and disruptions (default: a random one, which is printed).")
    private @Nullable Long seed;

    @Mixin
    private WorkFolder work;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (brokers != 1 && brokers != BrokerCluster.SIZE) {
            throw new ParameterException(spec.commandLine(), "--brokers is 1 or " + BrokerCluster.SIZE);
        }
        Path place = work.open("kill");
        long all = seed == null ? new Random().nextInt(1_000_000) : seed;
        if (brokers == BrokerCluster.SIZE) {
            Chaos.say("seed " + all + ", data and logs in " + place);
            TroubleReport report = BrokerRun.run(place, all, images, rate, kills == null ? BROKER_KILLS : kills);
            System.out.print(report.text());
            return report.isKept() ? 0 : 1;
        }
        KillReport report = new KillRun(place, all, images, amount(kills == null ? KILLS : kills)).run();
        System.out.print(report.text());
        return report.isKept() ? 0 : 1;
    }

    private static Disruption.Amount amount(int kills) {
        return new Disruption.Amount(
                kills,
                Math.max(1, kills / KILLS_PER_SCALING),
                Math.max(1, kills / KILLS_PER_FREEZE),
                Math.max(1, kills / KILLS_PER_SERVER_KILL));
    }
}
