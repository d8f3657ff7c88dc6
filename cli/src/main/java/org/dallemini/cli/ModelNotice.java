package org.dallemini.cli;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.ingest.model.ModelCard;
import org.dallemini.schemas.Hashes;

/** Tells what a model cannot do and how it is biased, by its own card, when it draws here for the first time. */
final class ModelNotice {
    private static final String FILE = "models-introduced";
    private static final int HASH = 12;

    private ModelNotice() {}

    /**
     * Prints it, unless it was printed before.
     *
     * @param model folder; nothing is said of one whose card cannot be read
     * @param data where it is kept what was printed
     */
    static void showOnce(Path model, Path data, PrintStream err) {
        ModelCard card;
        try {
            card = ModelCard.of(model);
        } catch (ConfigException e) {
            return; // 'models verify' says what is wrong
        }
        List<String> sentences = new ArrayList<>(card.limits());
        sentences.addAll(card.biases());
        String text = String.join(" ", sentences);
        String key = card.name() + " " + Hashes.hex(text, HASH); // a card that says something else is shown again
        Path file = data.resolve(FILE);
        if (text.isEmpty() || isWritten(file, key)) {
            return;
        }
        err.println("First use of " + card.name() + ". " + text);
        try {
            Files.createDirectories(data);
            Files.writeString(file, key + System.lineSeparator(), CREATE, APPEND);
        } catch (IOException e) {
            return; // it is shown again next time
        }
    }

    private static boolean isWritten(Path file, String key) {
        try {
            return Files.exists(file) && Files.readAllLines(file).contains(key);
        } catch (IOException e) {
            return false;
        }
    }
}
