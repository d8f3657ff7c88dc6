package org.dallemini.lists;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.dallemini.ingest.jobs.JobHeaders;

/** The first reading of a list: what it asks for and what is wrong with it, before anything is published. */
public final class Survey implements PromptList.Taker {
    private static final int SHOWN = 5;

    private final Consumer<PromptLine.Bad> badLines;
    private final ContentDigest digest = new ContentDigest();
    private final Set<String> ignored = new TreeSet<>();
    private final List<ListedPrompt> first = new ArrayList<>();
    private final PromptMatrix matrix;
    private final Doubts doubts = new Doubts();
    private long prompts;
    private long images;
    private int bad;
    private int blank;

    private Survey(PromptMatrix matrix, Consumer<PromptLine.Bad> badLines) {
        this.matrix = matrix;
        this.badLines = badLines;
    }

    /**
     * Reads a list.
     *
     * @param badLines told of each line of which no prompt can be made
     * @param stopped asked for each line; what is known then is of no use
     * @throws IOException if the list cannot be read
     */
    public static Survey of(PromptList list, Consumer<PromptLine.Bad> badLines, BooleanSupplier stopped)
            throws IOException {
        var survey = new Survey(list.matrix(), badLines);
        list.read(survey, stopped);
        return survey;
    }

    @Override
    public void prompt(ListedPrompt prompt) {
        digest.add(prompt);
        matrix.doubt(prompt.request()).ifPresent(what -> doubts.add(what, prompt.line()));
        prompts++;
        images += prompt.request().getCount();
        if (first.size() < SHOWN) {
            first.add(prompt);
        }
    }

    @Override
    public void bad(PromptLine.Bad line) {
        bad++;
        badLines.accept(line);
    }

    @Override
    public void blank(int line) {
        blank++;
    }

    @Override
    public void ignored(Set<String> fields) {
        ignored.addAll(fields);
    }

    /** Lines of which no prompt can be made. */
    public int badLines() {
        return bad;
    }

    public int blankLines() {
        return blank;
    }

    /** Fields that were left out because they mean nothing here. */
    public Set<String> ignoredFields() {
        return ignored;
    }

    /** What is drawn as it stands though other programs would not, for people. */
    public List<String> doubts() {
        return doubts.words();
    }

    /** The first prompts. */
    public List<ListedPrompt> beginning() {
        return List.copyOf(first);
    }

    public long prompts() {
        return prompts;
    }

    /** Whether a job may have so many prompts. */
    public boolean isTooLarge() {
        return prompts > JobHeaders.MAX_PROMPTS;
    }

    /**
     * The job that the list becomes; asked for once.
     *
     * @param list that was read
     */
    public BulkJob job(PromptList list) {
        String content = digest.hex();
        String id = list.jobId() == null ? JobIds.of(list.file().stem(), content) : list.jobId();
        return new BulkJob(id, content, (int) prompts, images);
    }
}
