package org.dallemini.cli;

import java.util.Optional;
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
        description = "Shows what was decided last about a prompt or an image.")
final class ModerationShowCommand extends ModerationCommand.Action {
    @Parameters(
            paramLabel = "ID",
            description = "Of an image (the prompt's id, a slash and the index), or of a prompt.")
    private String subject;

    @Override
    int act(ModerationLog decisions) {
        Optional<ModerationDecision> decision = decisions.find(subject);
        decision.ifPresentOrElse(
                found -> System.out.println(isJson() ? DecisionText.json(found) : DecisionText.page(found)),
                () -> System.err.println("dallemini: nothing was decided about " + subject
                        + ", or not yet: a decision appears some tenths of a second after its record"));
        return decision.isPresent() ? ExitCode.OK : ExitCode.FAILURE;
    }
}
