package org.dallemini.submit;

import java.util.ArrayList;
import java.util.List;
import org.dallemini.events.PromptRequest;
import org.dallemini.prompts.RefusedLineException;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one entry of a list: a prompt for each of its texts with each of the seeds.
 *
 * @param expand whether braces in texts are alternatives
 * @param seeds of prompts that have none of their own
 * @param most prompts that an entry may become
 * @param wildcards what names in texts that are expanded stand for; null if there are none
 */
public record PromptMatrix(
        boolean expand, Seeds seeds, int most, @Nullable Wildcards wildcards) {

    /** @throws RefusedLineException if they are too many, or braces or wildcards make no sense */
    public List<PromptRequest> of(PromptRequest prompt) throws RefusedLineException {
        List<String> texts = texts(prompt);
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
                prompt.getBestOf());
    }
}
