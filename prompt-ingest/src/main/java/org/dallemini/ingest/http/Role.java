package org.dallemini.ingest.http;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a key may be used for; each includes those before it. */
public enum Role {
    /** Ask for jobs. */
    READ,
    /** Submit jobs too. */
    SUBMIT,
    /** Everything. */
    ADMIN;

    /** As written in the keys file and on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> of(String word) {
        return Stream.of(values()).filter(role -> role.word().equals(word)).findFirst();
    }

    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
