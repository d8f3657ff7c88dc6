package org.dallemini.bench;

import java.util.concurrent.Callable;
import org.dallemini.bench.common.Json;
import org.dallemini.bench.limits.Limits;
import org.dallemini.bench.limits.LimitsMeter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code limits}: what this machine can do. */
@Command(
        name = "limits",
        mixinStandardHelpOptions = true,
        description = "Measures what this machine can do at most: reading memory, products of matrices.")
final class LimitsCommand implements Callable<Integer> {
    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "0: as many as there are processors (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--output", defaultValue = "table", description = "table or json (default: ${DEFAULT-VALUE}).")
    private Output output = Output.TABLE;

    @Override
    public Integer call() throws Exception {
        Limits limits =
                LimitsMeter.measureApart(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
        System.out.println(output == Output.JSON ? Json.line(limits) : limits.table());
        return 0;
    }

    /** The same within its own process. */
    @Command(name = LimitsMeter.COMMAND, hidden = true)
    static final class Measure implements Callable<Integer> {
        @Option(names = "--threads", required = true)
        private int threads;

        @Override
        public Integer call() throws Exception {
            System.out.println(Json.line(LimitsMeter.measure(threads)));
            return 0;
        }
    }
}
