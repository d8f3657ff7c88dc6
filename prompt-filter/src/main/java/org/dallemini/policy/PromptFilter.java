package org.dallemini.policy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.dallemini.policy.Policy.Action;
import org.dallemini.policy.Policy.Category;
import org.dallemini.policy.PromptJudgement.Flagged;
import org.dallemini.policy.PromptJudgement.Passed;
import org.dallemini.policy.PromptJudgement.Refused;
import org.dallemini.stage.config.FilterMode;
import org.jspecify.annotations.Nullable;

/** Judges prompts. Any number of threads may ask. */
public final class PromptFilter {
    private final Policy policy;
    private final boolean refuses;
    private final Door door;
    private final MeterRegistry meters;
    private final @Nullable InsultClassifier insults;

    /** By which a prompt comes in. */
    public enum Door {
        /** HTTP, which judges to tell at once. */
        API,
        /** The topic, by which all prompts come. */
        INTAKE
    }

    private record Finding(Action action, String category) {}

    private PromptFilter(Policy policy, boolean refuses, Door door, MeterRegistry meters) {
        this.policy = policy;
        this.refuses = refuses;
        this.door = door;
        this.meters = meters;
        insults = policy.insults() == null ? null : InsultClassifier.shipped();
    }

    /**
     * As configured; empty if nothing is to be judged.
     *
     * @throws org.apache.kafka.common.config.ConfigException if the policy cannot be read
     */
    public static Optional<PromptFilter> of(PromptFilterSettings settings, Door door, MeterRegistry meters) {
        return of(settings, settings.mode(), door, meters);
    }

    /** As configured, but for the mode. */
    public static Optional<PromptFilter> of(
            PromptFilterSettings settings, FilterMode mode, Door door, MeterRegistry meters) {
        return mode == FilterMode.OFF
                ? Optional.empty()
                : Optional.of(new PromptFilter(settings.policy(), mode == FilterMode.REFUSE, door, meters));
    }

    /**
     * Judges a prompt.
     *
     * @param negative what the picture is to keep away from, if anything: to name unwelcome things there is what people
     *     do who do not want them, so that it is judged only where it is drawn
     * @param drawn whether guidance is below 1, so that the negative text is what is drawn
     */
    public PromptJudgement judge(String text, @Nullable String negative, boolean drawn) {
        return judge(text, negative, drawn, false);
    }

    /**
     * The same.
     *
     * @param isReleased whether somebody lets it pass, so that what is refused counts as released
     */
    public PromptJudgement judge(String text, @Nullable String negative, boolean drawn, boolean isReleased) {
        PromptJudgement judgement = decide(text, negative, drawn);
        if (judgement instanceof Flagged flagged) {
            count("flagged", flagged.category());
        } else if (judgement instanceof Refused refused) {
            count(isReleased ? "released" : "refused", refused.category());
        }
        return judgement;
    }

    private void count(String outcome, String category) {
        Counter.builder("dallemini.filter.prompts")
                .description("Prompts that the prompt filter found something in, by door, outcome and category")
                .tags("door", door.name().toLowerCase(Locale.ROOT), "outcome", outcome, "category", category)
                .register(meters)
                .increment();
    }

    private PromptJudgement decide(String text, @Nullable String negative, boolean drawn) {
        Optional<Finding> finding = find(text);
        Optional<Finding> ofNegative = drawn && negative != null ? find(negative) : Optional.empty();
        return refusal(finding, false)
                .or(() -> refusal(ofNegative, true))
                .or(() -> finding.or(() -> ofNegative).map(found -> new Flagged(policy.title(), found.category)))
                .orElseGet(() -> new Passed(policy.title()));
    }

    private Optional<PromptJudgement> refusal(Optional<Finding> finding, boolean negative) {
        return finding.filter(found -> refuses && found.action == Action.REFUSE)
                .map(found -> new Refused(policy.title(), found.category, negative));
    }

    private Optional<Finding> find(String text) {
        List<List<Set<String>>> readings = new ArrayList<>(Folding.readings(text));
        String asModelsRead = Folding.asModelsRead(text);
        if (!asModelsRead.equals(text)) {
            readings.addAll(Folding.readings(asModelsRead));
        }
        List<Finding> findings = new ArrayList<>();
        for (Category category : policy.categories()) {
            if (readings.stream().anyMatch(category::covers)) {
                findings.add(new Finding(category.action(), category.name()));
            }
        }
        insult(text).ifPresent(findings::add);
        return findings.stream()
                .filter(finding -> finding.action == Action.REFUSE)
                .findFirst()
                .or(() -> findings.stream().findFirst());
    }

    private Optional<Finding> insult(String text) {
        Policy.Insults thresholds = policy.insults();
        if (insults == null || thresholds == null) {
            return Optional.empty();
        }
        double score = insults.score(text);
        if (isReached(thresholds.refuseAbove(), score)) {
            return Optional.of(new Finding(Action.REFUSE, Policy.INSULT));
        }
        return isReached(thresholds.flagAbove(), score)
                ? Optional.of(new Finding(Action.FLAG, Policy.INSULT))
                : Optional.empty();
    }

    private static boolean isReached(@Nullable Double threshold, double score) {
        return threshold != null && score >= threshold;
    }
}
