package org.dallemini.cli;

import java.util.List;
import java.util.stream.Collectors;
import org.dallemini.events.ModerationDecision;
import org.dallemini.moderation.DecisionText;
import org.dallemini.moderation.ModerationLog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code dallemini moderation show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Shows what was decided about a prompt or an image, the newest first. 'dlq show' shows the dead letter of a refusal.")
final class ModerationShowCommand extends ModerationCommand.Action {
    @Parameters(
            paramLabel = "ID",
            description = "Of an image (the prompt's id, a slash and the index), or of a prompt.")
    private String subject;

    @Override
    int act(ModerationLog decisions) {
        List<ModerationDecision> found = decisions.about(subject);
        if (isJson()) {
            found.forEach(decision -> System.out.println(DecisionText.json(decision)));
        } else if (!found.isEmpty()) {
            System.out.println(found.stream().map(DecisionText::page).collect(Collectors.joining("\n\n")));
        }
        if (found.isEmpty()) {
            System.err.println("dallemini: nothing was decided about " + subject
                    + ", or not yet: a decision appears some tenths of a second after its record");
            return ExitCode.FAILURE;
        }
        return ExitCode.OK;
    }
}
