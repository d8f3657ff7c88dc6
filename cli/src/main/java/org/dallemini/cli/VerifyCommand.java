package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.dallemini.verify.Redrawing;
import org.dallemini.verify.StoredByHash;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

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
        Progress progress =
                new Progress(System.err, log.isTerminal() ? Progress.Style.BAR : Progress.Style.NONE, System::nanoTime);
        boolean allWell = true;
        List<ImageFile> read = new ArrayList<>();
        for (Path file : files) {
            try {
                read.add(ImageFile.read(file));
            } catch (IOException e) {
                System.err.println("dallemini: " + e.getMessage());
                allWell = false;
            }
        }
        Map<String, StoredImage> events = stored ? events(read, progress) : Map.of();
        Map<String, String> values = redraw ? cluster.values(root.home()) : Map.of();
        for (ImageFile file : read) {
            progress.phase(redraw ? "Drawing " + file.path() + " again" : "Reading " + file.path());
            Redrawing redrawing = redraw
                    ? Redrawing.of(file, models(values), new ModelCache(Path.of(values.get("model.cache"))))
                    : null;
            progress.clear();
            var report = new FileReport(file, stored, events.get(file.sha256()), redrawing);
            System.out.println(output == OutputFormat.JSON ? report.json() : report.text());
            allWell &= report.isWell();
        }
        return allWell ? ExitCode.OK : ExitCode.FAILURE;
    }

    private Map<String, StoredImage> events(List<ImageFile> read, Progress progress) throws IOException {
        var config = new StageConfig(StageConfig.definition(), cluster.settings(root.home()));
        try (Admin admin = KafkaClients.admin(config)) {
            return StoredByHash.find(
                    config, admin, read.stream().map(ImageFile::sha256).toList(), progress::phase);
        } finally {
            progress.clear();
        }
    }

    private List<ModelFolder> models(Map<String, String> values) throws IOException {
        List<Path> folders = new ArrayList<>();
        Optional.ofNullable(model)
                .map(given -> ConfigOptions.model(root.home(), values, given))
                .ifPresent(folders::add);
        folders.add(ConfigOptions.model(root.home(), values, null));
        folders.addAll(root.home().shippedModels());
        folders.addAll(ConfigOptions.pulledModels(values).models());
        return folders.stream().map(ModelFolder::new).toList();
    }
}
