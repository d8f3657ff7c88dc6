package org.dallemini.evaluation.shapes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dallemini.dalle.model.ModelException;

/**
 * A prompt, and what a picture of it must show for a program to call it right.
 *
 * @param text the prompt
 * @param colour of the largest thing in the picture
 * @param shape of it
 * @param background colour around it
 */
public record Caption(String text, Colour colour, Outline shape, Colour background) {
    /** In a model's folder, if it has any: a line each, the four parts with tabs between them. */
    private static final String FILE = "captions.tsv";

    private static final int PARTS = 4;

    /** The captions of a model; none if its folder has no file of them. */
    public static List<Caption> of(Path modelFolder) throws IOException {
        Path file = modelFolder.resolve(FILE);
        if (!Files.exists(file)) {
            return List.of();
        }
        List<Caption> captions = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            captions.add(parse(line, file + " line " + (captions.size() + 1)));
        }
        return captions;
    }

    private static Caption parse(String line, String where) {
        String[] parts = line.split("\t", -1);
        if (parts.length != PARTS) {
            throw new ModelException(where + ": expected text, colour, shape and background with tabs between them");
        }
        try {
            return new Caption(
                    parts[0],
                    Colour.valueOf(parts[1].toUpperCase(Locale.ROOT)),
                    Outline.valueOf(parts[2].toUpperCase(Locale.ROOT)),
                    Colour.valueOf(parts[3].toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            throw new ModelException(where + ": unknown colour or shape in \"" + line + "\"", e);
        }
    }
}
