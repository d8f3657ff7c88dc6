package org.dallemini.lists;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.dallemini.events.PromptRequest;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.prompt.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * A file of prompts and what is asked for beside it. It can be read as often as wanted and is never in memory as a
 * whole.
 *
 * @param defaults of all prompts
 * @param matrix what a line becomes
 * @param validator the intake's rules
 * @param jobId of the job that it becomes; null for one that follows from name and content
 */
public record PromptList(
        PromptFile file,
        PromptDefaults defaults,
        PromptMatrix matrix,
        PromptValidator validator,
        @Nullable String jobId) {
    /** In place of ids that are not known yet: as long as they may be. */
    private static final String ANY_JOB = "j".repeat(JobIds.MAX_LENGTH);

    /** Takes what is read, in the order of the lines. */
    public interface Taker {
        /** A prompt that the intake accepts, whatever its job; deadlines are not looked at. */
        void prompt(ListedPrompt prompt);

        /** A line of which no prompt can be made. */
        void bad(PromptLine.Bad line);

        default void blank(int line) {}

        /** Fields that mean nothing here. */
        default void ignored(Set<String> fields) {}
    }

    /**
     * Reads all of it.
     *
     * @param stopped asked for each line
     * @return false if it was stopped before the end
     * @throws IOException if the file cannot be read to its end
     */
    public boolean read(Taker taker, BooleanSupplier stopped) throws IOException {
        var names = new Fingerprints();
        try (PromptReader reader = file.open()) {
            for (PromptLine line = reader.next(); line != null; line = reader.next()) {
                if (stopped.getAsBoolean()) {
                    return false;
                }
                if (line instanceof PromptLine.Prompt prompt) {
                    take(prompt, taker, names);
                } else if (line instanceof PromptLine.Bad bad) {
                    taker.bad(bad);
                } else {
                    taker.blank(line.number());
                }
            }
        }
        return true;
    }

    /** All prompts of a line, or none. */
    private void take(PromptLine.Prompt line, Taker taker, Fingerprints names) {
        try {
            List<PromptRequest> requests = matrix.of(defaults.request(line));
            var prompts = new ArrayList<ListedPrompt>(requests.size());
            for (PromptRequest request : requests) {
                int variant = requests.size() == 1 ? 0 : prompts.size() + 1;
                prompts.add(new ListedPrompt(request, line.number(), variant, line.customId()));
            }
            for (ListedPrompt prompt : prompts) {
                check(prompt);
            }
            checkNames(line, prompts, names);
            prompts.forEach(taker::prompt);
            if (!line.ignored().isEmpty()) {
                taker.ignored(line.ignored());
            }
        } catch (RefusedLineException e) {
            taker.bad(e.at(line));
        }
    }

    private void check(ListedPrompt prompt) throws RefusedLineException {
        if (validator.validateContent(prompt.of(ANY_JOB)) instanceof Verdict.Refused refused) {
            throw new RefusedLineException(refused.code().code(), refused.message());
        }
    }

    /** Two of one name could not be told apart: the intake would drop the second, and the job never end. */
    private void checkNames(PromptLine.Prompt line, List<ListedPrompt> prompts, Fingerprints names)
            throws RefusedLineException {
        if (line.customId() != null && !names.add("custom_id " + line.customId())) {
            throw new RefusedLineException(
                    "id-reused",
                    "Another line of this list has the custom_id " + line.customId() + ": give each one of its own.");
        }
        for (ListedPrompt prompt : prompts) {
            String own = prompt.request().getId();
            if (own == null) {
                continue; // made of its line, which no other has
            }
            if (jobId != null && own.startsWith(jobId + ".")) {
                throw new RefusedLineException(
                        "invalid-id",
                        "The id " + own + " begins as those do that lines without one get: choose another.");
            }
            String id = prompt.id("");
            if (!names.add(id)) {
                throw new RefusedLineException(
                        "id-reused", "Another prompt of this list has the id " + id + ": give each an id of its own.");
            }
        }
    }
}
