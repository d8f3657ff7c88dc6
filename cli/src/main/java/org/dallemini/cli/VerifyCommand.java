package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.events.StoredImage;
import org.dallemini.progress.Progress;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.verify.FileReport;
import org.dallemini.verify.ImageFile;
import org.dallemini.verify.Redrawer;
import org.dallemini.verify.Redrawing;
import org.dallemini.verify.StoredByHash;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code dallemini verify}: what image files say of themselves, and whether that is so. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Tells what PNG files say of how they were drawn, and the command that draws them again.",
            "",
            "Anybody can write such a text into a file: --redraw draws it again with a model that is here and compares, --stored looks for the very file among the stored images."
        },
        footer = {
            "",
            "Examples:",
            "  dallemini verify images/*.png",
            "  dallemini verify --redraw apple.png",
            "  dallemini verify --stored --bootstrap-server broker:9092 apple.png --output json",
            "",
            "Exit codes: 0 every file says how it was drawn, and what was asked confirms it; 1 not; 2 wrong usage or settings; 75 try again later."
        })
final class VerifyCommand implements Callable<Integer> {
    @ParentCommand
    private Dallemini root;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "PNG files.")
    private List<Path> files;

    @Option(names = "--redraw", description = "Draw each again and compare, byte for byte.")
    private boolean redraw;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "Name or folder of a model to draw with, besides those that are shipped or were pulled.")
    private @Nullable String model;

    @Option(names = "--stored", description = "Look for the files among the stored images, by their hashes.")
    private boolean stored;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or json, an object a file (default: ${DEFAULT-VALUE}).")
    private OutputFormat output;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private LogOptions log;

    @Override
    public Integer call() throws IOException {
        if (model != null && !redraw) {
            throw new ParameterException(spec.commandLine(), "--model needs --redraw");
        }
        Progress progress =
                new Progress(System.err, log.isTerminal() ? Progress.Style.BAR : Progress.Style.NONE, System::nanoTime);
        Map<String, StoredImage> events = stored ? events(progress) : Map.of();
        boolean allWell = true;
        try (Redrawer redrawer = redraw ? redrawer(cluster.values(root.home())) : null) {
            for (Path path : files) {
                progress.phase((redraw ? "Drawing again " : "Reading ") + path);
                FileReport report;
                try {
                    ImageFile file = ImageFile.read(path);
                    Redrawing redrawing = redrawer == null ? null : redrawer.redraw(file);
                    report = new FileReport(file, stored, events.get(file.sha256()), redrawing);
                } catch (IOException e) {
                    progress.clear();
                    System.err.println("dallemini: " + e.getMessage());
                    allWell = false;
                    continue;
                }
                progress.clear();
                System.out.println(output == OutputFormat.JSON ? report.json() : report.text());
                allWell &= report.isWell();
            }
        }
        return allWell ? ExitCode.OK : ExitCode.FAILURE;
    }

    private Map<String, StoredImage> events(Progress progress) throws IOException {
        Set<String> hashes = new HashSet<>();
        for (Path file : files) {
            if (Files.isRegularFile(file)) {
                hashes.add(ImageFile.hash(file));
            }
        }
        var config = new StageConfig(StageConfig.definition(), cluster.settings(root.home()));
        try (Admin admin = KafkaClients.admin(config)) {
            return StoredByHash.find(config, admin, hashes, progress::phase);
        } finally {
            progress.clear();
        }
    }

    private Redrawer redrawer(Map<String, String> values) throws IOException {
        List<Path> folders = new ArrayList<>();
        if (model != null) {
            folders.add(ConfigOptions.model(root.home(), values, model));
        }
        folders.add(ConfigOptions.model(root.home(), values, null));
        folders.addAll(root.home().shippedModels());
        folders.addAll(ConfigOptions.pulledModels(values).models());
        return new Redrawer(
                folders.stream().map(ModelFolder::new).toList(), new ModelCache(Path.of(values.get("model.cache"))));
    }
}
