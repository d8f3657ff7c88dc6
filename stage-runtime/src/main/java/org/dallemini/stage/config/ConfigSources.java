package org.dallemini.stage.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Collects settings from all places they can be given in, and remembers where each value came from. The stronger place
 * wins, whatever the order of the calls: a flag of the command line, then {@code --command-property}, then the
 * environment, then the {@code --config} file, then the default.
 *
 * <p>In the environment, {@code DALLEMINI_DRAIN_TIMEOUT_MS} is {@code drain.timeout.ms} and
 * {@code KAFKA_SECURITY_PROTOCOL} is {@code kafka.security.protocol}; as in Kafka's own images one underscore stands
 * for a dot, two for an underscore and three for a dash. The brokers may be named with or without {@code kafka.}
 * anywhere.
 */
public final class ConfigSources {
    private static final String OUR_VARIABLES = "DALLEMINI_";
    private static final String KAFKA_VARIABLES = "KAFKA_";

    /** Strongest first. */
    private enum Layer {
        FLAG,
        COMMAND_PROPERTY,
        ENVIRONMENT,
        FILE
    }

    /**
     * A setting as {@code config show} prints it.
     *
     * @param value redacted if it is a secret; null if there is neither a value nor a default
     * @param origin the flag, variable or file that gave it, or {@code default}
     */
    public record Setting(String name, @Nullable String value, String origin) {}

    private record Given(Layer layer, String value, String origin) {}

    private final Map<Layer, Map<String, Given>> layers = new TreeMap<>();
    private final Map<String, String> flagsFor = new TreeMap<>();

    /** A flag of the command line, for example {@code flag("--bootstrap-servers", "bootstrap.servers", "b:9092")}. */
    public ConfigSources flag(String flag, String name, String value) {
        return put(Layer.FLAG, name, value, flag);
    }

    /** Has {@link #explain} call a setting by a flag that chooses it, though its value does not come from here. */
    public ConfigSources flagFor(String name, String flag) {
        flagsFor.put(name, flag);
        return this;
    }

    /** @param assignment {@code name=value}, as given after {@code --command-property} */
    public ConfigSources commandProperty(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            // Not shown: it may be a password.
            throw new ConfigException("--command-property: write it as name=value, with a name before the '='");
        }
        return put(
                Layer.COMMAND_PROPERTY,
                assignment.substring(0, equals).trim(),
                assignment.substring(equals + 1).trim(),
                "--command-property");
    }

    /** @param variables all of the process's environment; only ours and Kafka's are read */
    public ConfigSources environment(Map<String, String> variables) {
        variables.forEach((variable, value) -> {
            if (variable.startsWith(OUR_VARIABLES)) {
                put(Layer.ENVIRONMENT, nameOf(variable.substring(OUR_VARIABLES.length())), value, variable);
            } else if (variable.startsWith(KAFKA_VARIABLES)) {
                put(
                        Layer.ENVIRONMENT,
                        KeyNames.KAFKA + nameOf(variable.substring(KAFKA_VARIABLES.length())),
                        value,
                        variable);
            }
        });
        return this;
    }

    /**
     * @param file a properties file in UTF-8
     * @throws ConfigException if it cannot be read
     */
    public ConfigSources file(Path file) {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw new ConfigException("Cannot read the settings in " + file + ": " + e);
        }
        for (String name : properties.stringPropertyNames()) {
            put(Layer.FILE, name, properties.getProperty(name).trim(), file.toString());
        }
        return this;
    }

    /** Name and value of all settings that were given, each from the strongest place that gave it. */
    public Map<String, String> values() {
        var values = new TreeMap<String, String>();
        given().forEach((name, given) -> values.put(name, given.value));
        return values;
    }

    /** Where the value of a setting comes from: a flag, a variable, a file, or {@code default}. */
    public String origin(String name) {
        Given given = given().get(name);
        return given == null ? "default" : given.origin;
    }

    /**
     * A message about settings in the words of who gave them: a setting that a flag stands for is called by the flag,
     * and of another it is said which variable or file gave it. One that has its default stays as it is.
     */
    public String explain(String message) {
        String explained = message;
        Map<String, Given> all = given();
        flagsFor.forEach((name, flag) -> all.put(name, new Given(Layer.FLAG, "", flag)));
        for (Map.Entry<String, Given> each : all.entrySet()) {
            explained = explain(explained, each.getKey(), each.getValue());
        }
        return explained;
    }

    private static String explain(String message, String name, Given given) {
        Matcher found = named(name).matcher(message);
        if (given.layer == Layer.FLAG) {
            return found.replaceAll(Matcher.quoteReplacement(given.origin));
        }
        while (found.find()) {
            if (!message.startsWith("=", found.end())) { // else it is advice, such as api.port=-1
                return message.substring(0, found.end()) + " (from " + given.origin + ")"
                        + message.substring(found.end());
            }
        }
        return message;
    }

    /** A setting where it is meant: a name without a dot is a word like any other, but for Kafka's own messages. */
    private static Pattern named(String name) {
        String before = name.contains(".") ? "(?<![\\w./-])" : "(?<=configuration )";
        return Pattern.compile(before + Pattern.quote(name) + "(?![\\w/-]|\\.\\w)");
    }

    /** All settings of the definition, then the others that were given, sorted by name, secrets redacted. */
    public List<Setting> settings(ConfigDef definition) {
        Map<String, Given> given = given();
        var names = new TreeSet<>(definition.names());
        names.addAll(given.keySet());
        var settings = new ArrayList<Setting>();
        for (String name : names) {
            Given value = given.get(name);
            String shown = value == null ? defaultOf(definition, name) : value.value;
            settings.add(new Setting(
                    name,
                    shown == null ? null : Redaction.of(name, shown, definition),
                    value == null ? "default" : value.origin));
        }
        return settings;
    }

    /** Settings that were given but are in none of the definitions, nor for a Kafka client or the serde. */
    public List<Setting> unknown(ConfigDef... definitions) {
        var unknown = new ArrayList<Setting>();
        given().forEach((name, given) -> {
            boolean known = KeyNames.isKnownElsewhere(name);
            for (ConfigDef definition : definitions) {
                known |= definition.names().contains(name);
            }
            if (!known) {
                unknown.add(new Setting(name, null, given.origin));
            }
        });
        return unknown;
    }

    /** The name of a setting in the part of a variable after its prefix. */
    static String nameOf(String variable) {
        return variable.toLowerCase(Locale.ROOT)
                .replace("___", "-")
                .replace("__", "\0")
                .replace('_', '.')
                .replace('\0', '_');
    }

    private ConfigSources put(Layer layer, String name, String value, String origin) {
        String ours =
                name.equals(KeyNames.KAFKA + StageConfig.BOOTSTRAP_SERVERS) ? StageConfig.BOOTSTRAP_SERVERS : name;
        layers.computeIfAbsent(layer, l -> new LinkedHashMap<>()).put(ours, new Given(layer, value, origin));
        return this;
    }

    private Map<String, Given> given() {
        var strongest = new TreeMap<String, Given>();
        layers.values().forEach(layer -> layer.forEach(strongest::putIfAbsent));
        return strongest;
    }

    private static @Nullable String defaultOf(ConfigDef definition, String name) {
        ConfigDef.ConfigKey key = definition.configKeys().get(name);
        return key == null || !key.hasDefault() || key.defaultValue == null
                ? null
                : ConfigDef.convertToString(key.defaultValue, key.type);
    }
}
