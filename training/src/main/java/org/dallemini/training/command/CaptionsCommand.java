package org.dallemini.training.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.dallemini.training.captions.CaptionCleaning;
import org.dallemini.training.captions.CaptionFigures;
import org.dallemini.training.captions.TokenizerFolder;
import org.dallemini.training.data.DataSet;
import org.dallemini.training.data.Item;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dallemini train captions}. */
@Command(
        name = "captions",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Makes a tokenizer and a word list of a data set's captions, and tells figures of them.")
final class CaptionsCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private DamageOption damage = new DamageOption();

    @Mixin
    private DataOptions data = new DataOptions();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for the tokenizer's files.")
    private Path out;

    @Option(
            names = "--vocabulary",
            paramLabel = "N",
            defaultValue = "4000",
            description = "Text tokens at most (default: ${DEFAULT-VALUE}).")
    private int vocabulary;

    @Override
    public Integer call() throws IOException {
        List<String> captions = new ArrayList<>();
        try (DataSet set = data.open(out.resolve("data"), damage.problems())) {
            for (Item item : set.items()) {
                item.captions().forEach(caption -> captions.add(CaptionCleaning.clean(caption)));
            }
        }
        Files.createDirectories(out);
        int size = TokenizerFolder.write(out, captions, vocabulary);
        CaptionFigures.of(captions).forEach((name, value) -> System.out.println(name + "\t" + value));
        System.out.println("vocabulary\t" + size);
        return Train.OK;
    }
}
