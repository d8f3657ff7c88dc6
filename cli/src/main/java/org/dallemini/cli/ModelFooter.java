package org.dallemini.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.ingest.model.ModelCard;
import org.dallemini.stage.config.ModelSettings;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.UsageMessageSpec;

/** What the help says of the model that draws: the words of its own card. */
final class ModelFooter {
    private ModelFooter() {}

    /** Adds it below the help of a command. Nothing is read before somebody asks for that. */
    static CommandLine addTo(CommandLine command, ProgramFolders home) {
        command.getHelpSectionMap()
                .computeIfPresent(
                        UsageMessageSpec.SECTION_KEY_FOOTER,
                        (key, footer) -> help -> footer.render(help) + text(help, home));
        return command;
    }

    private static String text(Help help, ProgramFolders home) {
        try {
            String sentences = sentences(ModelCard.of(model(home)));
            return sentences.isEmpty() ? "" : "%n".formatted() + help.createHeading("%s%n", sentences);
        } catch (ConfigException | ModelException e) {
            return ""; // drawing reports what is wrong with the model
        }
    }

    /** The one that is drawn with unless an option says otherwise. */
    private static Path model(ProgramFolders home) {
        Map<String, String> values = new ConfigOptions().values(home);
        return ConfigOptions.model(home, values, values.get(ModelSettings.MODEL));
    }

    private static String sentences(ModelCard card) {
        List<String> said = new ArrayList<>();
        if (!card.description().isEmpty()) {
            said.add("The model that draws is " + card.name() + ". " + card.description());
        }
        said.addAll(card.limits());
        said.addAll(card.biases());
        return String.join(" ", said);
    }
}
