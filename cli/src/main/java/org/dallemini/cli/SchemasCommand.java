package org.dallemini.cli;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.SchemaRegistration;
import org.dallemini.schemas.SchemaRegistration.Checked;
import org.dallemini.schemas.SchemaRegistration.Registered;
import org.dallemini.schemas.SchemaRegistration.Shown;
import org.dallemini.schemas.SchemaRegistration.Status;
import org.dallemini.serde.SchemaRegistryClient;
import org.dallemini.stage.config.StageConfig;
import picocli.CommandLine.Command;

/** {@code dallemini schemas}: the event contract and the registry. */
@Command(
        name = "schemas",
        mixinStandardHelpOptions = true,
        description = "Brings the pipeline's Avro schemas to the schema registry, and compares the two.",
        subcommands = {SchemasCommand.Register.class, SchemasCommand.Check.class, SchemasCommand.Show.class})
final class SchemasCommand extends CommandGroup {
    /** What the three have in common. */
    abstract static class Action extends ConfiguredAction {
        <T> T ask(Function<SchemaRegistration, T> question) {
            var stage = new StageConfig(StageConfig.definition(), values());
            var registry = new SchemaRegistryClient(stage.serde());
            return question.apply(new SchemaRegistration(registry, EventSchemas.load(), stage.topics()));
        }
    }

    @Command(
            name = "register",
            mixinStandardHelpOptions = true,
            description =
                    "Registers every schema under its topic's subject and sets the subject's compatibility level; safe to repeat.")
    static final class Register extends Action {
        @Override
        public Integer call() {
            List<Registered> subjects = ask(SchemaRegistration::register);
            subjects.forEach(s -> System.out.printf(
                    "%-40s version %d, id %d, %s%n",
                    s.subject(), s.version(), s.id(), s.created() ? "registered" : "unchanged"));
            return ExitCode.OK;
        }
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Says whether the registry has these very schemas; ends with 1 if not.")
    static final class Check extends Action {
        @Override
        public Integer call() {
            List<Checked> subjects = ask(SchemaRegistration::check);
            subjects.forEach(s -> {
                System.out.printf("%-40s %s%n", s.subject(), s.status().name().toLowerCase(Locale.ROOT));
                s.messages().forEach(message -> System.out.println("    " + message));
            });
            return subjects.stream().allMatch(s -> s.status() == Status.IDENTICAL) ? ExitCode.OK : ExitCode.FAILURE;
        }
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Prints what the registry holds.")
    static final class Show extends Action {
        @Override
        public Integer call() {
            List<Shown> subjects = ask(SchemaRegistration::show);
            subjects.forEach(s -> System.out.printf(
                    "%-40s %-20s versions %s, latest: %s%n",
                    s.subject(), s.level(), s.versions(), s.latest().schema()));
            return ExitCode.OK;
        }
    }
}
