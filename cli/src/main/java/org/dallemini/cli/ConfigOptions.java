package org.dallemini.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.dalle.model.ModelHome;
import org.dallemini.stage.config.ConfigSources;
import org.dallemini.stage.config.ModelSettings;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Where settings come from, strongest first: these options, the environment, the file, the defaults. */
final class ConfigOptions {
    /** Variables of the launcher and of {@link ProgramFolders}, which are no settings. */
    static final Set<String> NOT_SETTINGS =
            Set.of("DALLEMINI_DATA_DIR", "DALLEMINI_JAVA_OPTS", "DALLEMINI_LOG_FORMAT", "DALLEMINI_MAVEN_ARGS");

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Properties file with settings; see 'dallemini config show'.")
    private @Nullable Path file;

    @Option(names = "--command-property", paramLabel = "NAME=VALUE", description = "A single setting; may be repeated.")
    private List<String> properties = List.of();

    @Option(
            names = "--bootstrap-server",
            paramLabel = "HOST:PORT",
            description = "Kafka brokers to ask first, separated by commas.")
    private @Nullable String bootstrapServer;

    @Option(
            names = "--schema-registry-url",
            paramLabel = "URL",
            description = "Schema registries, separated by commas.")
    private @Nullable String schemaRegistryUrl;

    private final Map<String, String> flags = new HashMap<>();

    /** Says that a flag of the command chooses a setting: messages then name the flag. */
    void standsFor(String flag, String setting) {
        flags.put(setting, flag);
    }

    /** Those of a command that was called; none if it has none. */
    static ConfigOptions of(CommandLine command) {
        return find(command.getCommandSpec()).findFirst().orElseGet(ConfigOptions::new);
    }

    private static Stream<ConfigOptions> find(CommandSpec spec) {
        Stream<ConfigOptions> here =
                spec.userObject() instanceof ConfigOptions options ? Stream.of(options) : Stream.empty();
        return Stream.concat(here, spec.mixins().values().stream().flatMap(ConfigOptions::find));
    }

    /** A message with the settings that it names called as they were given; see {@link ConfigSources#explain}. */
    String explain(String message) {
        try {
            return sources().explain(message);
        } catch (ConfigException e) {
            return message; // it says itself that they cannot be read
        }
    }

    /** All settings that were given, with their origins. */
    ConfigSources sources() {
        var environment = new HashMap<>(System.getenv());
        environment.keySet().removeAll(NOT_SETTINGS);
        var sources = new ConfigSources().environment(environment);
        flags.forEach(sources::flagFor);
        if (file != null) {
            sources.file(file);
        }
        properties.forEach(sources::commandProperty);
        if (bootstrapServer != null) {
            sources.flag("--bootstrap-server", StageConfig.BOOTSTRAP_SERVERS, bootstrapServer);
        }
        if (schemaRegistryUrl != null) {
            sources.flag("--schema-registry-url", StageConfig.SCHEMA_REGISTRY_URL, schemaRegistryUrl);
        }
        return sources;
    }

    /**
     * As {@link #sources}, with what only this installation knows where nothing was given: the shipped model, the place
     * of its cache and that of pulled models.
     */
    Map<String, String> values(ProgramFolders home) {
        Map<String, String> values = sources().values();
        values.putIfAbsent("model", home.defaultModel().toString());
        values.putIfAbsent("model.cache", home.defaultModelCache().toString());
        values.putIfAbsent(ModelSettings.MODELS_DIR, home.defaultPulledModels().toString());
        values.compute("model", (key, model) -> named(home, values, model));
        return values;
    }

    /** Where pulled models lie. */
    static ModelHome pulledModels(Map<String, String> values) {
        return ModelHome.of(values.getOrDefault(ModelSettings.MODELS_DIR, ""));
    }

    /** Where a shipped model lies if this is its name and no pulled one has it; else what was given. */
    private static String named(ProgramFolders home, Map<String, String> values, @Nullable String model) {
        String name = Objects.toString(model, "");
        return ModelHome.isName(name) && !Files.isDirectory(pulledModels(values).folder(name))
                ? home.shippedModel(name).map(Path::toString).orElse(name)
                : name;
    }

    /**
     * The folder of the model that is asked for.
     *
     * @param values as above
     * @param given name or path on the command line; null for that of the settings
     */
    static Path model(ProgramFolders home, Map<String, String> values, @Nullable String given) {
        return pulledModels(values)
                .resolve(named(home, values, given == null ? values.get("model") : given))
                .toAbsolutePath()
                .normalize();
    }
}
