package org.dallemini.chaos;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code chaos/run upgrade}. */
@Command(
        name = "upgrade",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Builds another version, draws images with its processes, puts this version's in their places stage by stage, and goes back, all under load; then counts what became of each prompt.")
final class UpgradeCommand implements Callable<Integer> {
    @Option(names = "--from", paramLabel = "COMMIT", required = true, description = "The other version.")
    private String from;

    @Option(
            names = "--rate",
            paramLabel = "IMAGES/S",
            defaultValue = "2",
            description = "Images asked for; the machine must manage more (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--topology-changed",
            description =
                    "Stop prompt-ingest before the other version's starts, as docs/upgrading.md asks where the CHANGELOG says that its topology has changed.")
    private boolean topologyChanged;

    @Option(names = "--seed", defaultValue = "20261201", description = "Of prompts (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private WorkFolder work;

    @Override
    public Integer call() throws Exception {
        Path folder = work.open("upgrade");
        OtherVersion before = OtherVersion.build(from);
        Chaos.say("from " + before.commit() + ", seed " + seed + ", data and logs in " + folder);
        TroubleReport report = UpgradeRun.run(folder, before, rate, topologyChanged, seed);
        System.out.print(report.text());
        return report.isKept() ? 0 : 1;
    }
}
