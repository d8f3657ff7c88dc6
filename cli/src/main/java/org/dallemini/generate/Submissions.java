package org.dallemini.generate;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.lists.Doubts;
import org.dallemini.lists.PromptDefaults;
import org.dallemini.lists.PromptFile;
import org.dallemini.lists.PromptLine;
import org.dallemini.lists.PromptMatrix;
import org.dallemini.lists.PromptReader;
import org.dallemini.lists.RefusedLineException;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.prompt.Verdict.Refused;
import org.jspecify.annotations.Nullable;

/** Makes submissions of texts, telling apart what the pipeline would refuse anyway. */
public final class Submissions {
    private final PromptRequest template;
    private final @Nullable ImagePrefix prefix;
    private final PromptValidator validator;
    private final PromptMatrix matrix;
    private final GenerateReport report;
    private final Doubts doubts = new Doubts();

    /**
     * @param template everything but text, id, lane and prefix
     * @param prefix of all prompts; not in the template, because each prompt would get a copy of its own
     * @param matrix what a text becomes
     */
    public Submissions(
            PromptRequest template,
            @Nullable ImagePrefix prefix,
            PromptValidator validator,
            PromptMatrix matrix,
            GenerateReport report) {
        this.template = template;
        this.prefix = prefix;
        this.validator = validator;
        this.matrix = matrix;
        this.report = report;
    }

    /** Prompts of the command line: new images each time. */
    public List<RequestedPrompt> ofTexts(List<String> texts) {
        var submissions = new ArrayList<RequestedPrompt>();
        for (String text : texts) {
            try {
                for (PromptRequest request : matrix.of(request(text, Lane.INTERACTIVE))) {
                    Optional<Refused> refused =
                            add(submissions, request, UUID.randomUUID().toString(), 0);
                    refused.ifPresent(
                            why -> report.refused(request.getText(), why.code().code(), why.message()));
                }
            } catch (RefusedLineException e) {
                report.refused(text, e.code(), e.reason());
            }
        }
        report.doubts(doubts);
        return submissions;
    }

    /**
     * Prompts of a file: the same images each time.
     *
     * @param scope what the images depend on besides the file, for example the model's revision
     * @throws IOException if the file cannot be read to its end
     */
    public List<RequestedPrompt> ofFile(PromptFile file, String scope) throws IOException {
        var defaults = new PromptDefaults(
                PromptRequest.newBuilder(template).setLane(Lane.BULK).build());
        var ids = new PromptIds(scope, prefix);
        var submissions = new ArrayList<RequestedPrompt>();
        try (PromptReader reader = file.open()) {
            for (PromptLine line = reader.next(); line != null; line = reader.next()) {
                if (line instanceof PromptLine.Blank) {
                    report.skipped(line.number(), "blank line");
                } else if (line instanceof PromptLine.Bad bad) {
                    report.refused(bad);
                } else if (line instanceof PromptLine.Prompt prompt) {
                    add(submissions, defaults, ids, prompt);
                }
            }
        }
        report.linesRead();
        if (submissions.isEmpty()) {
            report.noPrompt(file.name());
        }
        report.doubts(doubts);
        return submissions;
    }

    private void add(
            List<RequestedPrompt> submissions, PromptDefaults defaults, PromptIds ids, PromptLine.Prompt prompt) {
        try {
            for (PromptRequest request : matrix.of(defaults.request(prompt))) {
                Optional<Refused> refused = add(submissions, request, ids.next(request), prompt.number());
                refused.ifPresent(why ->
                        report.refused(new RefusedLineException(why.code().code(), why.message()).at(prompt)));
            }
            report.ignored(prompt.ignored());
        } catch (RefusedLineException e) {
            report.refused(e.at(prompt));
        }
    }

    private PromptRequest request(String text, Lane lane) {
        return PromptRequest.newBuilder(template).setText(text).setLane(lane).build();
    }

    private Optional<Refused> add(List<RequestedPrompt> submissions, PromptRequest request, String id, int line) {
        PromptRequest complete = PromptRequest.newBuilder(request)
                .setId(id)
                .setPrefix(request.getPrefix() == null ? prefix : request.getPrefix())
                .build();
        if (validator.validate(complete, Instant.now()) instanceof Refused refused) {
            return Optional.of(refused);
        }
        matrix.doubt(request).ifPresent(what -> doubts.add(what, line));
        submissions.add(new RequestedPrompt(complete, line));
        return Optional.empty();
    }
}
