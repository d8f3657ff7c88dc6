package org.dallemini.training.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.training.data.DataSet;
import org.dallemini.training.data.Item;
import org.dallemini.training.evaluate.Evaluator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dallemini train evaluate}. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures a model: how well its VQGAN brings pictures back, and whether it draws what it is asked for.")
final class EvaluateCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private ThreadsOption threads = new ThreadsOption();

    @Mixin
    private DamageOption damage = new DamageOption();

    /** How results are printed. */
    enum Output {
        TEXT,
        JSON
    }

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "Model folder.")
    private Path model;

    @Mixin
    private DataOptions data = new DataOptions();

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            description = "JSON lines: prompt, kind, concepts, ground, count. One sample is drawn for each.")
    private @Nullable Path prompts;

    @Option(
            names = "--guidance",
            arity = "1..*",
            paramLabel = "SCALE",
            description = "Values of guidance, each for a run over all prompts (default: 2).")
    private List<Double> guidance = List.of(2.0);

    @Option(names = "--output", paramLabel = "FORMAT", description = "text or json (default: text).")
    private Output output = Output.TEXT;

    @Override
    public Integer call() throws IOException {
        Path folder = CommonOptions.libraries().resolveSibling("models");
        Map<String, Object> results = new LinkedHashMap<>();
        try (DataSet set = data.open(folder.resolveSibling("data"), damage.problems())) {
            List<Item> heldOut = set.items().stream()
                    .filter(item -> item.split().equals("validation"))
                    .toList();
            List<Item> known = set.items().stream()
                    .filter(item -> !item.concept().isEmpty())
                    .toList();
            var evaluator =
                    new Evaluator(new ModelFolder(model), new ModelCache(folder), threads.threads(), System.err);
            if (!heldOut.isEmpty()) {
                results.putAll(evaluator.reconstruction(heldOut));
            }
            if (prompts != null) {
                evaluator
                        .prompts(prompts, known, guidance)
                        .forEach((scale, shares) -> results.put("guidance " + scale, shares));
            }
        }
        print(results);
        return Train.OK;
    }

    private void print(Map<String, Object> results) throws IOException {
        if (output == Output.JSON) {
            System.out.println(new ObjectMapper().writeValueAsString(results));
            return;
        }
        results.forEach((name, value) -> {
            if (value instanceof Map<?, ?> shares) {
                System.out.println(name);
                shares.forEach((what, share) ->
                        System.out.printf(Locale.ROOT, "  %-24s %5.1f %%%n", what, 100 * (Double) share));
            } else {
                System.out.printf(Locale.ROOT, "%-26s %6.2f%n", name, (Double) value);
            }
        });
    }
}
