package org.dallemini.ingest.api;

import java.util.Optional;
import org.dallemini.stage.config.FilterMode;
import org.dallemini.stage.moderation.Releases;
import org.jspecify.annotations.Nullable;

/**
 * The modes of the prompt filter: the process's own, and those of keys in its place. The intake judges every prompt
 * again and knows no keys, so what it would refuse reaches it as released by the key.
 *
 * @param own of the process, and so of the intake
 * @param canRelease whether there is a secret to sign releases with
 */
public record FilterModes(FilterMode own, boolean canRelease) {
    /** The mode that holds for a key. */
    FilterMode of(@Nullable FilterMode key) {
        return key == null ? own : key;
    }

    /** Whether the intake may refuse what passes in this mode. */
    boolean needsRelease(FilterMode mode) {
        return own == FilterMode.REFUSE && mode != FilterMode.REFUSE;
    }

    /** Why a key cannot have its mode, and what to set; empty if it can. */
    Optional<String> offence(ApiKey key) {
        FilterMode mode = key.promptFilter();
        if (mode == null || canRelease || !needsRelease(mode)) {
            return Optional.empty();
        }
        return Optional.of("The key " + key.name() + " has " + ApiKey.words(mode) + ", laxer than "
                + ApiKey.words(own) + " of this process, whose intake would refuse what the key lets pass: set "
                + Releases.KEY + ", so that it can be signed");
    }
}
