package org.dallemini.lists;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dallemini.events.PromptRequest;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one entry of a list: a prompt for each of its texts with each of the seeds.
 *
 * @param expand whether braces in texts are alternatives
 * @param seeds of prompts that have none of their own
 * @param most prompts that an entry may become
 * @param wildcards what names in texts that are expanded stand for; null if there are none
 * @param literal whether texts are taken as they stand where they hold what other programs give a meaning
 */
public record PromptMatrix(
        boolean expand, Seeds seeds, int most, @Nullable Wildcards wildcards, boolean literal) {
    private static final String TEXT = "text";
    private static final String NEGATIVE = "negativeText";

    /**
     * All of them.
     *
     * @throws RefusedLineException if they are too many, braces or wildcards make no sense, or a text is no plain text
     */
    public List<PromptRequest> of(PromptRequest prompt) throws RefusedLineException {
        if (!literal) {
            ForeignSyntax.checkTemplate(TEXT, prompt.getText(), wildcards != null);
        }
        List<String> texts = texts(prompt);
        if (!literal) {
            check(texts, prompt.getNegativeText());
        }
        boolean hasSeed = prompt.getSeed() != null || seeds.values().isEmpty();
        if (texts.size() == 1 && hasSeed && texts.get(0).equals(prompt.getText())) {
            return List.of(prompt);
        }
        check((long) texts.size() * (hasSeed ? 1 : seeds.values().size()));
        var all = new ArrayList<PromptRequest>();
        for (String text : texts) {
            if (hasSeed) {
                all.add(with(prompt, text, prompt.getSeed()));
            } else {
                seeds.values().forEach(seed -> all.add(with(prompt, text, seed)));
            }
        }
        return all;
    }

    private static void check(List<String> texts, @Nullable String negative) throws RefusedLineException {
        for (String text : texts) {
            ForeignSyntax.check(TEXT, text);
        }
        if (negative != null) {
            ForeignSyntax.checkTemplate(NEGATIVE, negative, false);
            ForeignSyntax.check(NEGATIVE, negative);
        }
    }

    /** What of a prompt is drawn as it stands, though other programs would not; empty for most. */
    public Optional<String> doubt(PromptRequest prompt) {
        return literal ? Optional.empty() : ForeignSyntax.doubt(prompt.getText(), expand);
    }

    private List<String> texts(PromptRequest prompt) throws RefusedLineException {
        if (!expand) {
            return List.of(prompt.getText());
        }
        Alternatives alternatives = Alternatives.parse(prompt.getText(), wildcards);
        check(alternatives.count());
        return alternatives.texts();
    }

    private void check(long count) throws RefusedLineException {
        if (count > most) {
            throw new RefusedLineException(
                    "too-many-prompts",
                    "The line becomes " + count + " prompts, the limit is " + most
                            + ": split it, or allow more with --max-expansion.");
        }
    }

    private static PromptRequest with(PromptRequest prompt, String text, @Nullable Long seed) {
        return new PromptRequest(
                text,
                prompt.getId(),
                prompt.getNegativeText(),
                prompt.getCount(),
                seed,
                prompt.getSampling(),
                prompt.getLane(),
                prompt.getJobId(),
                prompt.getLabels(),
                prompt.getDeadline(),
                prompt.getPrefix(),
                prompt.getBestOf(),
                prompt.getOutput(),
                prompt.getRedraw());
    }
}
