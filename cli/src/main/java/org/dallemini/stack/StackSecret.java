package org.dallemini.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.dallemini.stage.config.OwnerOnlyFile;

/**
 * The password of a data directory's object store: random, kept in a file that only its owner may read, so that stages
 * in processes of their own still get in after the stack has been started again.
 */
final class StackSecret {
    private static final String NAME = "s3.secret";
    private static final int BYTES = 16;
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{" + 2 * BYTES + "}");

    private StackSecret() {}

    /**
     * Reads it, or makes one where there is none.
     *
     * @throws IOException if the file cannot be read or written, or holds something else
     */
    static String of(Path dataDir) throws IOException {
        Path file = dataDir.resolve(NAME);
        if (!Files.exists(file)) {
            OwnerOnlyFile.write(file, random());
        }
        String secret = Files.readString(file).strip();
        if (!FORM.matcher(secret).matches()) {
            throw new IOException(file + " does not hold the object store's password any more: delete it, and a new one"
                    + " is made at the next start");
        }
        return secret;
    }

    private static String random() {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
