package org.dallemini.cli;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** A command, at the top or of a group, that looks into a cluster and prints what it finds for people or as JSON. */
abstract class ClusterAction implements Callable<Integer> {
    /** The program or a {@link CommandGroup}. */
    @ParentCommand
    private Object parent;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or json (default: ${DEFAULT-VALUE}).")
    private OutputFormat output;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private LogOptions log;

    /**
     * Does the work.
     *
     * @param settings that the configuration was made of
     * @return the exit code
     */
    abstract int act(StageConfig config, Admin admin, Map<String, String> settings) throws IOException;

    @Override
    public final Integer call() throws IOException {
        Map<String, String> settings = cluster.settings(root().home());
        var config = new StageConfig(StageConfig.definition(), settings);
        try (Admin admin = KafkaClients.admin(config)) {
            return act(config, admin, settings);
        }
    }

    private Dallemini root() {
        return parent instanceof CommandGroup group ? group.root() : (Dallemini) parent;
    }

    final boolean isJson() {
        return output == OutputFormat.JSON;
    }

    final boolean isTerminal() {
        return log.isTerminal();
    }

    final Interruption interruption() {
        return root().interruption();
    }
}
