package org.dallemini.cli;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.dallemini.models.pull.PullException;
import org.dallemini.serde.RegistryUnavailableException;
import org.dallemini.stage.Failures;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code dallemini}. */
@Command(
        name = "dallemini",
        mixinStandardHelpOptions = true,
        versionProvider = Dallemini.Version.class,
        description = "Turns prompts into images with DALL·E mini, through Kafka, into object storage.",
        footerHeading = "%n",
        footer = {
            "To begin: dallemini generate \"a red circle on a blue background\"",
            "'dallemini help COMMAND' explains a command."
        })
public final class Dallemini implements Runnable {
    private final ProgramFolders home;
    private final Interruption interruption;

    @Spec
    private CommandSpec spec;

    Dallemini(ProgramFolders home, Interruption interruption) {
        this.home = home;
        this.interruption = interruption;
    }

    ProgramFolders home() {
        return home;
    }

    Interruption interruption() {
        return interruption;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    public static void main(String[] args) {
        boolean verbose = List.of(args).contains(LogOptions.VERBOSE);
        try {
            Logging.configure(verbose, System.getenv(), args);
        } catch (ConfigException e) {
            System.err.println("dallemini: " + e.getMessage());
            System.exit(ExitCode.USAGE);
        }
        var interruption = new Interruption().listen();
        var root =
                new Dallemini(ProgramFolders.find(System.getProperty("dallemini.home"), System.getenv()), interruption);
        int code;
        try {
            code = root.execute(verbose, args);
        } catch (Error e) { // threads of servers that were started would keep the process alive
            code = report(e, new ConfigOptions(), verbose, new PrintWriter(System.err, true, Charset.defaultCharset()));
        }
        System.exit(interruption.exitCode(code));
    }

    int execute(boolean verbose, String... args) {
        return commandLine(List.of(args))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, arguments) -> Misuse.tell(wrong))
                .setExecutionExceptionHandler((failure, command, parsed) ->
                        report(failure, ConfigOptions.of(command), verbose, command.getErr()))
                .execute(args);
    }

    /** The program with those commands built that the arguments name; of the others it knows name and description. */
    CommandLine commandLine(List<String> args) {
        var program = ModelFooter.addTo(Commands.addTo(new CommandLine(this), args), home);
        callBriefly(program);
        return program;
    }

    /** The help names the options below; a list of all in its first lines is read by nobody. */
    private static void callBriefly(CommandLine command) {
        command.getCommandSpec().usageMessage().abbreviateSynopsis(true);
        command.getSubcommands().values().forEach(Dallemini::callBriefly);
    }

    /** One line that says what is wrong; the stack trace is for {@code --verbose} and the log. */
    private static int report(Throwable failure, ConfigOptions settings, boolean verbose, PrintWriter err) {
        if (verbose) {
            failure.printStackTrace(err);
        }
        err.println("dallemini: " + settings.explain(message(failure)));
        err.flush();
        return exitCode(failure);
    }

    private static int exitCode(Throwable failure) {
        if (Failures.isUnresolved(failure)) {
            return ExitCode.TRY_AGAIN;
        }
        if (failure instanceof ConfigException) {
            return ExitCode.USAGE;
        }
        if (failure instanceof PullException pull) {
            return switch (pull.kind()) {
                case MISUSE -> ExitCode.USAGE;
                case UNAVAILABLE, BUSY -> ExitCode.TRY_AGAIN;
                case INTERRUPTED -> ExitCode.INTERRUPTED;
                default -> ExitCode.FAILURE;
            };
        }
        return isOutage(failure) ? ExitCode.TRY_AGAIN : ExitCode.FAILURE;
    }

    private static boolean isOutage(Throwable failure) {
        boolean isAway = Failures.inChain(
                failure, e -> e instanceof RetriableException || e instanceof RegistryUnavailableException);
        return isAway && !Failures.isFatal(failure); // wrong credentials stay wrong
    }

    private static String message(Throwable failure) {
        if (Failures.isUnresolved(failure)) {
            return "No name in bootstrap.servers can be resolved: are they right, and is DNS up?";
        }
        if (failure instanceof TimeoutException) {
            return "Kafka does not answer (" + failure.getMessage()
                    + "): is it running, and are bootstrap.servers and kafka.security.protocol right?";
        }
        if (failure instanceof AuthorizationException) {
            return "Kafka does not let this user do it (" + failure.getMessage()
                    + "): docs/security.md has the rights that stages and commands need.";
        }
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.toString() : message;
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            @Nullable String version = Dallemini.class.getPackage().getImplementationVersion();
            return new String[] {"dallemini " + (version == null ? "(not packaged)" : version)};
        }
    }
}
