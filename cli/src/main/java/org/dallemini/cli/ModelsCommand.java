package org.dallemini.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.cache.PrepareListener;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.model.ModelHome;
import org.dallemini.dalle.random.RandomModel;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.VqganDecoder;
import org.dallemini.dalle.vqgan.VqganEncoder;
import org.dallemini.images.ImageDecoderConfig;
import org.dallemini.models.ModelCheck;
import org.dallemini.models.ModelInfo;
import org.dallemini.models.ModelText;
import org.dallemini.models.PreparationProgress;
import org.dallemini.tokens.TokenGeneratorConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dallemini models}: model folders and what is prepared of them. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = "Fetches, lists, checks and prepares models: folders with dalle-bart/ and vqgan/.",
        subcommands = {
            ModelsCommand.ListModels.class,
            ModelsCommand.Inspect.class,
            ModelsCommand.Verify.class,
            ModelsCommand.Prepare.class,
            FidelityCommand.class,
            ScoreCommand.class,
            PullCommand.class,
            ModelsCommand.Random.class
        })
final class ModelsCommand extends CommandGroup {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What all have in common. */
    abstract static class Action extends ConfiguredAction {
        ModelCache cache(PrepareListener listener) {
            return new ModelCache(Path.of(values().get("model.cache")), listener);
        }

        PreparationProgress progress() {
            return new PreparationProgress(System.err, isTerminal());
        }

        /** The folder of the model that was given, else the one of the settings, else the shipped one. */
        Path model(@Nullable String given) {
            return ConfigOptions.model(home(), values(), given);
        }

        ModelHome pulledModels() {
            return ConfigOptions.pulledModels(values());
        }
    }

    /** Of one model. */
    abstract static class OfModel extends Action {
        @Parameters(arity = "0..1", paramLabel = "MODEL", description = "Name or folder (default: the shipped model).")
        private @Nullable String model;

        final Path model() {
            return model(model);
        }
    }

    @Command(
            name = "list",
            aliases = "ls",
            mixinStandardHelpOptions = true,
            description =
                    "Prints a line for each model that is shipped or was pulled, and for each folder given. The first time a model's files are hashed, which takes a while for large ones.")
    static final class ListModels extends Action {
        @Parameters(arity = "0..*", paramLabel = "DIR", description = "More model folders.")
        private List<Path> folders = List.of();

        @Option(
                names = "--output",
                paramLabel = "FORMAT",
                defaultValue = "text",
                description = "text, or json: an object a line (default: ${DEFAULT-VALUE}).")
        private OutputFormat output;

        @Override
        public Integer call() throws IOException {
            ModelCache cache = cache(PrepareListener.NONE);
            for (Path folder : models()) {
                if (ClipFolder.isClip(folder)) {
                    continue; // it draws nothing
                }
                ModelInfo info = ModelInfo.read(folder, cache);
                System.out.println(output == OutputFormat.JSON ? JSON.writeValueAsString(info) : ModelText.line(info));
            }
            return ExitCode.OK;
        }

        private Set<Path> models() throws IOException {
            Set<Path> models = new LinkedHashSet<>(home().shippedModels());
            models.addAll(pulledModels().models());
            folders.forEach(folder -> models.add(model(folder.toString())));
            return models;
        }
    }

    @Command(
            name = "inspect",
            mixinStandardHelpOptions = true,
            description =
                    "Prints sizes, number of parameters, files, revision and sampling defaults of a model, and what is missing.")
    static final class Inspect extends OfModel {
        @Option(
                names = "--output",
                paramLabel = "FORMAT",
                defaultValue = "text",
                description = "text or json (default: ${DEFAULT-VALUE}).")
        private OutputFormat output;

        @Override
        public Integer call() throws IOException {
            ModelInfo info = ModelInfo.read(model(), cache(PrepareListener.NONE));
            System.out.print(
                    output == OutputFormat.JSON
                            ? JSON.writerWithDefaultPrettyPrinter().writeValueAsString(info) + "\n"
                            : ModelText.page(info));
            return ExitCode.OK;
        }
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description =
                    "Opens every file of a model and checks it against the others, as the stages do when they start, and every weight; ends with 1 and a line for each problem.")
    static final class Verify extends OfModel {
        @Override
        public Integer call() throws IOException {
            Path folder = model();
            List<String> problems = ModelCheck.problemsOfValues(folder);
            problems.forEach(System.out::println);
            if (!problems.isEmpty()) {
                System.err.printf("%d %s%n", problems.size(), problems.size() == 1 ? "problem" : "problems");
                return ExitCode.FAILURE;
            }
            System.out.println(folder + " is complete");
            return ExitCode.OK;
        }
    }

    @Command(
            name = "prepare",
            mixinStandardHelpOptions = true,
            description = "Converts a model into the model cache now, so that no stage has to when it starts.")
    static final class Prepare extends OfModel {
        @Override
        public Integer call() throws IOException {
            long started = System.nanoTime();
            ModelFolder folder = ModelFolder.open(model());
            PreparationProgress progress = progress();
            ModelCache cache = cache(progress);
            Map<String, String> values = values();
            var sessions = new Sessions(Runtime.getRuntime().availableProcessors());
            try {
                BartModel.open(folder.bart(), cache, sessions, new TokenGeneratorConfig(values).precision())
                        .close();
                VqganDecoder.open(folder.vqgan(), cache, sessions, new ImageDecoderConfig(values).precision())
                        .close();
                VqganEncoder.open(folder.vqgan(), cache, sessions).close();
            } finally {
                progress.clear();
            }
            for (Path checkpoint : List.of(folder.bart(), folder.vqgan())) {
                Path prepared = cache.folder(checkpoint);
                System.out.println(prepared + "  " + ModelText.megabytes(size(prepared)) + "  "
                        + String.join(", ", cache.prepared(checkpoint)));
            }
            System.err.printf(
                    Locale.ROOT, "%s is prepared, in %.1f s%n", folder.name(), (System.nanoTime() - started) / 1e9);
            return ExitCode.OK;
        }

        private static long size(Path folder) throws IOException {
            var files = new ArrayList<Path>();
            try (Stream<Path> found = Files.walk(folder)) {
                found.filter(Files::isRegularFile).forEach(files::add);
            }
            long bytes = 0;
            for (Path file : files) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }

    @Command(
            name = "random",
            mixinStandardHelpOptions = true,
            description =
                    "Writes a model of a published size with random weights, to measure with: it draws noise. Its tokenizer is that of the shipped model.")
    static final class Random extends Action {
        @Parameters(paramLabel = "DIR", description = "Folder to write, which must not exist yet.")
        private Path folder;

        @Option(
                names = "--like",
                required = true,
                paramLabel = "MODEL",
                description = "mini: 0.4 billion parameters, mega: 2.6 billion; VQGAN not counted.")
        private RandomModel.Like like;

        @Option(names = "--half", description = "Weights in float16, half the size.")
        private boolean half;

        @Option(
                names = "--seed",
                paramLabel = "SEED",
                defaultValue = "0",
                description = "The same seed gives the same model (default: ${DEFAULT-VALUE}).")
        private long seed;

        @Override
        public Integer call() throws IOException {
            if (Files.exists(folder)) {
                throw new ModelException(folder + " is there already; choose another folder or delete it");
            }
            ModelFolder tokenizer = ModelFolder.open(home().defaultModel());
            PreparationProgress progress = progress();
            try {
                System.out.println(new RandomModel(half, seed, progress)
                        .write(folder, like, tokenizer)
                        .path());
            } finally {
                progress.clear();
            }
            return ExitCode.OK;
        }
    }
}
