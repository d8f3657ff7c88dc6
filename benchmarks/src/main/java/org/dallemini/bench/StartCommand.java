package org.dallemini.bench;

import java.util.concurrent.Callable;
import org.dallemini.bench.common.Json;
import org.dallemini.bench.start.IdleResult;
import org.dallemini.bench.start.StartResult;
import org.dallemini.bench.start.StartRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code start}: what people wait for before anything is drawn. */
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Starts ./dallemini as a process, again and again: short commands, a drawing with and without a stack that runs, the stack itself, and each stage until it has handled a record that waits for it. Last, how busy a stack is with nothing to do.",
            "With the model that is shipped."
        })
final class StartCommand implements Callable<Integer> {
    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "5",
            description = "Of each command (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--settle",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "Before the idle stack is watched (default: ${DEFAULT-VALUE}).")
    private int settle;

    @Option(
            names = "--idle",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "For which it is watched (default: ${DEFAULT-VALUE}).")
    private int idle;

    @Option(names = "--output", defaultValue = "table", description = "table or json (default: ${DEFAULT-VALUE}).")
    private Output output = Output.TABLE;

    @Override
    public Integer call() throws Exception {
        try (StartRun run = StartRun.open(runs, Benchmarks::say)) {
            run.alone();
            IdleResult quiet = run.embedded(settle, idle);
            run.stages();
            if (output == Output.JSON) {
                run.results().forEach(result -> System.out.println(Json.line(result)));
                System.out.println(Json.line(quiet));
            } else {
                System.out.println(StartResult.table(run.results()));
                System.out.println(quiet);
            }
        }
        return 0;
    }
}
