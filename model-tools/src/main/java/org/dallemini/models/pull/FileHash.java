package org.dallemini.models.pull;

import java.util.regex.Pattern;

/**
 * The hash that a hub gives of a file.
 *
 * @param hex lower case
 */
record FileHash(Algorithm algorithm, String hex) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]+");

    enum Algorithm {
        /** Of large files, which a hub keeps outside of git. */
        SHA256("sha256", 64),
        /** Of all others: SHA-1 over git's header "blob SIZE\0" and the content. */
        GIT_SHA1("git-sha1", 40);

        private final String label;
        private final int digits;

        Algorithm(String label, int digits) {
            this.label = label;
            this.digits = digits;
        }
    }

    static boolean isHex(Algorithm algorithm, String text) {
        return text.length() == algorithm.digits && HEX.matcher(text).matches();
    }

    @Override
    public String toString() {
        return algorithm.label + ":" + hex;
    }
}
