package org.dallemini.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What a compose file says, with each variable at its default. */
record ComposeFile(Map<String, Service> services, Set<String> volumes) {

    /** {@code ${NAME}} and {@code ${NAME:-default}}, of those in each other the innermost. */
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?::-([^${}]*))?}");

    /** A service; the map holds the YAML as it stands. */
    record Service(String name, Map<String, Object> yaml) {

        boolean has(String key) {
            return yaml.containsKey(key);
        }

        Map<String, Object> map(String key) {
            return asMap(yaml.get(key));
        }

        String text(String key) {
            return withDefaults(String.valueOf(yaml.get(key)));
        }

        /** The words of the health check's command, in one line; empty if it has none. */
        String healthCheck() {
            Object test = map("healthcheck").get("test");
            return test == null ? "" : String.join(" ", strings(test));
        }

        List<String> list(String key) {
            Object value = yaml.get(key);
            return value == null ? List.of() : strings(value);
        }

        Map<String, String> environment() {
            Map<String, String> values = new LinkedHashMap<>();
            map("environment").forEach((k, v) -> values.put(k, withDefaults(String.valueOf(v))));
            return values;
        }

        /** The names on the left of {@code name:/path} mounts; paths of the host are left out. */
        List<String> namedVolumes() {
            return list("volumes").stream()
                    .map(v -> v.substring(0, v.indexOf(':')))
                    .filter(v -> !v.startsWith(".") && !v.startsWith("/"))
                    .toList();
        }
    }

    static ComposeFile read(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            Map<String, Object> yaml = asMap(new Yaml(new SafeConstructor(new LoaderOptions())).load(reader));
            Map<String, Service> services = new LinkedHashMap<>();
            asMap(yaml.get("services"))
                    .forEach((name, service) -> services.put(name, new Service(name, asMap(service))));
            return new ComposeFile(services, asMap(yaml.get("volumes")).keySet());
        }
    }

    Service service(String name) {
        Service service = services.get(name);
        if (service == null) {
            throw new AssertionError("there is no service " + name);
        }
        return service;
    }

    static String withDefaults(String text) {
        String inner =
                VARIABLE.matcher(text).replaceAll(m -> Matcher.quoteReplacement(m.group(2) == null ? "" : m.group(2)));
        return inner.equals(text) ? text : withDefaults(inner);
    }

    @SuppressWarnings("unchecked") // YAML mappings of compose files have string keys
    private static Map<String, Object> asMap(@Nullable Object yaml) {
        return yaml == null ? Map.of() : (Map<String, Object>) yaml;
    }

    private static List<String> strings(Object yaml) {
        List<?> values = yaml instanceof List<?> list ? list : List.of(yaml);
        return values.stream().map(v -> withDefaults(v.toString())).toList();
    }
}
