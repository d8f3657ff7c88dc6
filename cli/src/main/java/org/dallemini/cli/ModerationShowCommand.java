package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.model.ModelHome;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.events.ModerationDecision;
import org.dallemini.moderation.DecisionText;
import org.dallemini.moderation.ModerationLog;
import org.dallemini.moderation.RefusedPicture;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dallemini moderation show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Shows what was decided about a prompt or an image, the newest first.",
            "",
            "'dlq show' shows the dead letter of a refusal, with the words of a prompt; --picture makes the picture of a refused image again."
        })
final class ModerationShowCommand extends ClusterAction {
    @Parameters(
            paramLabel = "ID",
            description = "Of an image (the prompt's id, a slash and the index), or of a prompt.")
    private String subject;

    @Option(
            names = "--picture",
            paramLabel = "FILE",
            description =
                    "PNG file to write, with the picture that was refused: it is decoded from its dead letter, and no filter looks at it.")
    private @Nullable Path picture;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "Name or folder of the model that drew it (default: that of the running stack).")
    private @Nullable String model;

    @Override
    int act(StageConfig config, Admin admin, Map<String, String> settings) throws IOException {
        List<ModerationDecision> found;
        try (ModerationLog decisions = ModerationLog.open(config, admin)) {
            found = decisions.about(subject);
        }
        if (found.isEmpty()) {
            System.err.println("dallemini: nothing was decided about " + subject
                    + ", or not yet: a decision appears some tenths of a second after its record");
            return ExitCode.FAILURE;
        }
        if (isJson()) {
            found.forEach(decision -> System.out.println(DecisionText.json(decision)));
        } else {
            System.out.println(found.stream().map(DecisionText::page).collect(Collectors.joining("\n\n")));
        }
        if (picture != null) {
            Files.write(picture, picture(found, config, admin, settings));
            System.err.println(picture + " is what was refused");
        }
        return ExitCode.OK;
    }

    private byte[] picture(
            List<ModerationDecision> found, StageConfig config, Admin admin, Map<String, String> settings)
            throws IOException {
        String place = found.stream()
                .map(ModerationDecision::getLetter)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        found.stream().anyMatch(ModerationLog::isOfApi)
                                ? "The HTTP API refused " + subject + " before it was published: there is no picture"
                                : subject + " is not refused: see the image itself"));
        String chosen = model == null ? settings.get("model") : model;
        if (chosen == null) {
            throw new ConfigException("Which model drew it? Give --model");
        }
        ModelFolder folder = new ModelFolder(
                ModelHome.of(settings.getOrDefault("models.dir", "")).resolve(chosen));
        try (DeadLetterLog letters = DeadLetterLog.open(config, admin)) {
            DeadLetter letter =
                    letters.find(place).orElseThrow(() -> new ConfigException("The dead letter " + place + " is gone"));
            return RefusedPicture.png(letter, config, folder, ModelCache.of(settings.getOrDefault("model.cache", "")));
        }
    }
}
