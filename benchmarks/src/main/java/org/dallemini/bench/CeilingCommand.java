package org.dallemini.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dallemini.bench.ceiling.CeilingRun;
import org.dallemini.bench.ceiling.PipelineStage;
import org.dallemini.bench.ceiling.StageResult;
import org.dallemini.bench.common.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ceiling}: what the pipeline carries if the models cost nothing. */
@Command(
        name = "ceiling",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs the stages with engines that cost nothing: tokens and pixels are made up; records, transactions, PNG files and the S3 client are the real ones. The object store is an HTTP server that answers at once and keeps nothing.",
            "Broker, object store and each process of a stage are processes of their own. First each stage by itself works through records that lie there when it starts, then the whole pipeline draws one image at a time, and many at once."
        })
final class CeilingCommand implements Callable<Integer> {
    @Option(
            names = "--stage",
            split = ",",
            paramLabel = "STAGE",
            defaultValue = "TOKEN_GENERATOR,IMAGE_DECODER,STORAGE_SINK",
            description = "${COMPLETION-CANDIDATES} (default: all).")
    private List<PipelineStage> stages = List.of();

    @Option(
            names = "--partitions",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,6,24",
            description = "Of each topic (default: ${DEFAULT-VALUE}).")
    private List<Integer> partitions = List.of();

    @Option(
            names = "--processes",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,2,4",
            description = "Of a stage; more than one only with the last of --partitions (default: ${DEFAULT-VALUE}).")
    private List<Integer> processes = List.of();

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of each run of a stage (default: as many as it works on for some 20 seconds).")
    private int images;

    @Option(
            names = "--lone",
            paramLabel = "N",
            defaultValue = "40",
            description = "Images one at a time through the whole pipeline (default: ${DEFAULT-VALUE}).")
    private int lone;

    @Option(
            names = "--whole",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Images at once through the whole pipeline; 0 leaves it out (default: ${DEFAULT-VALUE}).")
    private int whole;

    @Option(
            names = "--property",
            paramLabel = "NAME=VALUE",
            description = "Another setting of the stages; may be repeated.")
    private Map<String, String> properties = new HashMap<>();

    @Option(names = "--output", defaultValue = "table", description = "table or json (default: ${DEFAULT-VALUE}).")
    private Output output = Output.TABLE;

    @Override
    public Integer call() throws Exception {
        Benchmarks.say("starting broker and object store");
        try (CeilingRun run = CeilingRun.start(properties)) {
            List<StageResult> results = new ArrayList<>();
            for (PipelineStage stage : stages) {
                int most = partitions.get(partitions.size() - 1);
                for (int parts : partitions) {
                    for (int count : processes) {
                        if (count == 1 || parts == most) {
                            results.add(keep(run.stage(stage, parts, count, images, Benchmarks::say)));
                        }
                    }
                }
            }
            if (output == Output.TABLE) {
                System.out.println(Machine.current().text() + "\n");
                System.out.println(StageResult.table(results));
            }
            if (whole > 0) {
                CeilingRun.Whole pipeline = run.whole(lone, whole, Benchmarks::say);
                keep(pipeline.load());
                keep(pipeline.idle());
                if (output == Output.TABLE) {
                    System.out.println(pipeline.load().table());
                    System.out.println(pipeline.idle().table());
                }
            }
        }
        return 0;
    }

    private <T> T keep(T result) {
        if (output == Output.JSON) {
            System.out.println(Json.line(result));
        }
        return result;
    }
}
