package org.dallemini.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;

/**
 * Writes images into a folder under names made of the prompt and the image's index; a picture that is there already is
 * never overwritten by another one.
 */
final class ImageFiles {
    private static final int LONGEST_SLUG = 60;

    private final Path folder;

    ImageFiles(Path folder) {
        this.folder = folder;
    }

    /**
     * Writes {@code prefix + slug-of-text + "-" + index + ".png"}, or with the seed in its name where a file of other
     * content has that name.
     *
     * @return the file that holds the image now
     * @throws IOException if it cannot be written, a full disk for instance; names the file, of which nothing is left
     */
    Path write(String prefix, String text, int index, long seed, byte[] png) throws IOException {
        Files.createDirectories(folder);
        String stem = prefix + slug(text) + "-" + index;
        Path file = folder.resolve(stem + ".png");
        if (Files.exists(file) && !Arrays.equals(Files.readAllBytes(file), png)) {
            file = folder.resolve(stem + "-seed" + seed + ".png");
        }
        Path temporary = folder.resolve("." + file.getFileName() + ".part");
        try {
            Files.write(temporary, png);
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // A full disk is reported without the name of the file.
            throw new IOException(
                    file + " cannot be written: " + e.getMessage()
                            + "; make room or mend it and run the same command again",
                    e);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return file;
    }

    /** Lower case letters and digits of the text, joined by hyphens: safe in every file system. */
    static String slug(String text) {
        String ascii = Normalizer.normalize(text, Normalizer.Form.NFKD)
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\p{M}+", "")
                .replaceAll("[^a-z0-9]+", "-");
        String cut = ascii.length() > LONGEST_SLUG ? ascii.substring(0, LONGEST_SLUG) : ascii;
        String trimmed = cut.replaceAll("^-+|-+$", "");
        return trimmed.isEmpty() ? "image" : trimmed;
    }
}
