package org.dallemini.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.dallemini.bench.common.Json;
import org.dallemini.bench.intake.IntakeResult;
import org.dallemini.bench.intake.IntakeRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code intake}: from a file of prompts to their image requests. */
@Command(
        name = "intake",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Submits long files of prompts, one after the other, to a prompt ingest with its job tracker; broker, prompt ingest and 'dallemini submit' are processes of their own. Nothing is drawn.",
            "The first file meets processes that have just started and whose code is not compiled yet."
        })
final class IntakeCommand implements Callable<Integer> {
    @Option(
            names = "--prompts",
            paramLabel = "N",
            defaultValue = "100000",
            description = "Of each file (default: ${DEFAULT-VALUE}).")
    private int prompts;

    @Option(names = "--files", paramLabel = "N", defaultValue = "4", description = "(default: ${DEFAULT-VALUE})")
    private int files;

    @Option(names = "--output", defaultValue = "table", description = "table or json (default: ${DEFAULT-VALUE}).")
    private Output output = Output.TABLE;

    @Override
    public Integer call() throws Exception {
        List<IntakeResult> results = new ArrayList<>();
        Benchmarks.say("starting broker and prompt ingest");
        try (IntakeRun run = IntakeRun.start()) {
            for (int file = 1; file <= files; file++) {
                Benchmarks.say("file " + file + " of " + files);
                IntakeResult result = run.submit(file, prompts);
                results.add(result);
                if (output == Output.JSON) {
                    System.out.println(Json.line(result));
                }
            }
        }
        if (output == Output.TABLE) {
            System.out.println(IntakeResult.table(results));
        }
        return 0;
    }
}
