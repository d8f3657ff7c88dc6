package org.dallemini.ingest.api;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.http.Caller;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.prompt.Verdict;
import org.dallemini.prompt.Verdict.Refused;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.config.FilterMode;
import org.dallemini.stage.moderation.Release;

/**
 * Judges prompts by the mode that the caller's key has, else by the process's own, and has refusals written down.
 * Thread-safe.
 */
public final class CallerFilter implements PromptCheck {
    private final FilterModes modes;
    private final Map<FilterMode, PromptValidator> validators = new EnumMap<>(FilterMode.class);
    private final RefusalLog refusals;

    /**
     * @param needed modes that callers can have
     * @param validators with a filter of each
     */
    public CallerFilter(
            FilterModes modes,
            Set<FilterMode> needed,
            Function<FilterMode, PromptValidator> validators,
            RefusalLog refusals) {
        this.modes = modes;
        this.refusals = refusals;
        needed.forEach(mode -> this.validators.put(mode, validators.apply(mode)));
    }

    @Override
    public Verdict check(Caller caller, PromptRequest prompt) {
        FilterMode mode = modes.of(caller.promptFilter());
        if (modes.needsRelease(mode)) {
            // As the intake will: what it would refuse is accepted with this release in its verdict.
            Release release = new Release("key " + caller.name(), ApiKey.words(mode));
            return validator(modes.own()).validateContent(prompt, Optional.of(release));
        }
        Verdict verdict = validator(mode).validateContent(prompt);
        if (verdict instanceof Refused refused && refused.code() == ErrorCode.CONTENT_POLICY) {
            refusals.write(caller, prompt, refused);
        }
        return verdict;
    }

    private PromptValidator validator(FilterMode mode) {
        return Objects.requireNonNull(validators.get(mode), mode.key());
    }
}
