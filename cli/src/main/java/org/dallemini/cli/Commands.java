package org.dallemini.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The commands of the program. One that is not called is not built, for its options would load the libraries that it is
 * about.
 */
final class Commands {
    private static final List<Class<?>> ALL = List.of(
            GenerateCommand.class,
            SubmitCommand.class,
            JobsCommand.class,
            ImagesCommand.class,
            UpCommand.class,
            StageCommand.PromptIngestCommand.class,
            StageCommand.TokenGeneratorCommand.class,
            StageCommand.ImageDecoderCommand.class,
            StageCommand.StorageSinkCommand.class,
            TopicsCommand.class,
            SchemasCommand.class,
            ModelsCommand.class,
            TokensCommand.class,
            TrainCommand.class,
            InspectCommand.class,
            VerifyCommand.class,
            FootprintCommand.class,
            ModerationCommand.class,
            DlqCommand.class,
            KeysCommand.class,
            ConfigCommand.class,
            CompletionCommand.class,
            HelpCommand.class);

    private static final String COMPLETION =
            CompletionCommand.class.getAnnotation(Command.class).name();

    private Commands() {}

    /** Adds all: whole if the arguments name them, else with name and description, as the list of commands needs. */
    static CommandLine addTo(CommandLine program, List<String> args) {
        boolean all = args.contains(COMPLETION); // which completes every option
        for (Class<?> type : ALL) {
            Command command = type.getAnnotation(Command.class);
            if (all || args.contains(command.name())) {
                program.addSubcommand(type);
            } else {
                program.addSubcommand(outline(command));
            }
        }
        return program;
    }

    private static CommandSpec outline(Command command) {
        CommandSpec spec = CommandSpec.create().name(command.name());
        spec.usageMessage().description(command.description());
        return spec;
    }
}
