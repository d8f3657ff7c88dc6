package org.dallemini.lists;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.dallemini.prompt.ContentHash;
import org.dallemini.schemas.Hashes;

/** What a list asks for, as a number: equal if its prompts, their order and their names are. */
public final class ContentDigest {
    private final MessageDigest digest = Hashes.sha256();

    public void add(ListedPrompt prompt) {
        String place =
                prompt.id("") + '\n' + prompt.line() + '\n' + (prompt.customId() == null ? "" : prompt.customId());
        digest.update(place.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        digest.update(ContentHash.of(prompt.request()));
    }

    /** Hexadecimal SHA-256; nothing can be added after that. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
