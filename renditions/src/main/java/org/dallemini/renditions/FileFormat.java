package org.dallemini.renditions;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** File formats of renditions. */
public enum FileFormat {
    PNG,
    JPEG,
    WEBP;

    /** As written in requests and on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Media type. */
    public String contentType() {
        return "image/" + word();
    }

    /** Ending of file names, without a dot. */
    public String extension() {
        return this == JPEG ? "jpg" : word();
    }

    /** Empty if it is none of them; {@code jpg} is one. */
    public static Optional<FileFormat> of(String word) {
        return Stream.of(values())
                .filter(format ->
                        format.word().equals(word) || format.extension().equals(word))
                .findFirst();
    }
}
