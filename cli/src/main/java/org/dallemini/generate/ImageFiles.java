package org.dallemini.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.dallemini.prompt.FileNames;

/**
 * Writes images into a folder under names made of the prompt and the image's index; a picture that is there already is
 * never overwritten by another one.
 */
final class ImageFiles {
    private final Path folder;

    ImageFiles(Path folder) {
        this.folder = folder;
    }

    /**
     * Writes {@code prefix + name-of-text + "-" + index + ending}, or with the seed, and then a number, in its name
     * where files of other content have those names.
     *
     * @param ending of the file's name, with its dot
     * @return the file that holds the image now
     * @throws IOException if it cannot be written, a full disk for instance; names the file, of which nothing is left
     */
    Path write(String prefix, String text, int index, long seed, String ending, byte[] content) throws IOException {
        Files.createDirectories(folder);
        String stem = prefix + name(text) + "-" + index;
        Path file = folder.resolve(stem + ending);
        for (int i = 1; isOther(file, content); i++) {
            file = folder.resolve(stem + "-seed" + seed + (i == 1 ? "" : "-" + i) + ending);
        }
        Path temporary = folder.resolve("." + file.getFileName() + ".part");
        try {
            Files.write(temporary, content);
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // A full disk is reported without the name of the file.
            throw new IOException(
                    file + " cannot be written: " + e.getMessage()
                            + "; make room or repair the disk, and run the same command again",
                    e);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return file;
    }

    private static boolean isOther(Path file, byte[] content) throws IOException {
        return Files.exists(file) && !Arrays.equals(Files.readAllBytes(file), content);
    }

    /** Where the system's locale has no Unicode, a name of other letters cannot be written at all. */
    private static String name(String text) {
        String name = FileNames.of(text);
        try {
            return Path.of(name).toString();
        } catch (InvalidPathException e) {
            return FileNames.of(name.replaceAll("[^a-z0-9]", " "));
        }
    }
}
