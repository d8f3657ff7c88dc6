package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.EmbeddedObjectStore;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.ingest.ApiSettings;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.stack.EmbeddedStack;
import org.dallemini.stack.StackFile;
import org.dallemini.stack.StackSettings;
import org.dallemini.stack.StackSettings.Stages;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code dallemini up}: the embedded stack, until it is stopped. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Runs broker, schema registry, object store and all stages in this process until Ctrl-C, on a data directory that survives restarts. For development: everything listens on the loopback address only, but for the HTTP API where api.host is set.")
final class UpCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofSeconds(1);

    @ParentCommand
    private Dallemini root;

    @Mixin
    private StackOptions stack;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "0 for any free one (default: ${DEFAULT-VALUE}).")
    private int kafkaPort;

    @Option(
            names = "--registry-port",
            paramLabel = "PORT",
            defaultValue = "8081",
            description = "0 for any free one (default: ${DEFAULT-VALUE}).")
    private int registryPort;

    @Option(
            names = "--s3-port",
            paramLabel = "PORT",
            defaultValue = "9000",
            description = "0 for any free one (default: ${DEFAULT-VALUE}).")
    private int s3Port;

    @Option(
            names = "--management-port",
            paramLabel = "PORT",
            defaultValue = "8090",
            description = "Of /livez, /readyz and /metrics; 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int managementPort;

    @Option(
            names = "--api-port",
            paramLabel = "PORT",
            description = "Of the HTTP API; 0 for any free one, -1 for none (default: api.port of the settings, 8080).")
    private @Nullable Integer apiPort;

    @Option(
            names = "--servers-only",
            description =
                    "Starts broker, schema registry and object store, with topics and schemas, but no stage: those run as processes of their own.")
    private boolean serversOnly;

    @Mixin
    private ConfigOptions config;

    @Mixin
    private LogOptions log;

    private int apiPort(Map<String, String> values) {
        return apiPort == null
                ? new StageConfig(PromptIngestConfig.definition(), values).getInt(ApiSettings.PORT)
                : apiPort;
    }

    /** What the model draws, for example {@code 256x256}. */
    private static String size(Path model) throws IOException {
        int side = VqganConfig.read(ModelFolder.open(model).vqgan()).resolution();
        return side + "x" + side;
    }

    /** For messages: which of these flags choose settings. */
    private void nameFlags(Map<String, String> values) {
        config.standsFor("--kafka-port", EmbeddedKafka.PORT_SETTING);
        config.standsFor("--registry-port", EmbeddedSchemaRegistry.PORT_SETTING);
        config.standsFor("--s3-port", EmbeddedObjectStore.PORT_SETTING);
        config.standsFor("--management-port", StageConfig.MANAGEMENT_PORT);
        if (apiPort != null || !values.containsKey(ApiSettings.PORT)) {
            config.standsFor("--api-port", ApiSettings.PORT);
        }
    }

    @Override
    public Integer call() throws Exception {
        Map<String, String> values = config.values(root.home());
        nameFlags(values);
        if (!serversOnly) {
            Path model = stack.chooseModel(root.home(), values); // before anything is started
            if (log.isTerminal()) {
                ModelNotice.showOnce(model, root.home().data(), System.err);
            }
            values.putIfAbsent(ApiSettings.IMAGE_SIZES, size(model));
            values.putIfAbsent(ApiSettings.MODEL, model.toString());
        }
        Path dataDir = stack.dataDir(root.home());
        var settings = new StackSettings(
                dataDir,
                kafkaPort,
                registryPort,
                s3Port,
                managementPort,
                apiPort(values),
                serversOnly ? Stages.NONE : Stages.ALL,
                values);
        try (EmbeddedStack running = EmbeddedStack.start(settings, phase -> System.err.println(phase + " ..."))) {
            System.err.printf(
                    """
                    Running. Stop with Ctrl-C.
                      Kafka            %s
                      Schema registry  %s
                      Object store     %s
                      Management       %s
                      HTTP API         %s
                      Web page         %s
                      Model            %s
                    Draw something:    dallemini generate "a red circle on a blue background"
                    Add a process:     dallemini token-generator --config %s --command-property management.port=0
                    """,
                    running.settings().get("bootstrap.servers"),
                    running.settings().get("schema.registry.url"),
                    running.settings().get("s3.endpoint"),
                    running.managementUrl(),
                    running.apiUrl().isEmpty() ? "off" : running.apiUrl(),
                    running.pageUrl().isEmpty() ? "off" : running.pageUrl(),
                    serversOnly ? "(of the stages, none of which runs here)" : values.get("model"),
                    StackFile.of(dataDir));
            while (!root.interruption().await(POLL)) {
                if (!running.isLive()) {
                    System.err.println("dallemini: a stage has failed, see the log above; everything is stopped");
                    return ExitCode.FAILURE;
                }
            }
            System.err.println("Stopping ...");
            return root.interruption().isTermination() ? ExitCode.OK : ExitCode.INTERRUPTED;
        }
    }
}
