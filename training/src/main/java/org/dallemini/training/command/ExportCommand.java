package org.dallemini.training.command;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.HalfCheckpoint;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.training.data.DataException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dallemini train export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Copies a model to keep or to publish: weights in float16, as DALL·E Mega's, and no state of"
                + " training.")
final class ExportCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL",
            description = "Model folder, such as a checkpoint of 'train bart'.")
    private Path model;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder for dalle-bart/ and vqgan/, which must not be there yet.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        ModelFolder from = ModelFolder.open(model);
        ModelFolder to = new ModelFolder(out.toAbsolutePath());
        for (Path folder : List.of(to.bart(), to.vqgan())) {
            if (Files.exists(folder)) {
                throw new DataException(folder + " is there already; choose another --out or remove it");
            }
        }
        copy(from.bart(), to.bart());
        copy(from.vqgan(), to.vqgan());
        System.err.println(to.path() + " holds the model");
        return Train.OK;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from, "*.{json,txt}")) {
            for (Path file : files) {
                if (!file.getFileName().toString().equals(CheckpointFiles.INDEX)) {
                    Files.copy(file, to.resolve(file.getFileName()));
                }
            }
        }
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(from)) {
            HalfCheckpoint.write(checkpoint, to.resolve(CheckpointFiles.WEIGHTS));
        }
    }
}
