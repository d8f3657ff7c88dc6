package org.dallemini.deploy;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** An object of Kubernetes, as YAML has it. */
record Manifest(Map<String, Object> yaml) {

    String kind() {
        return String.valueOf(yaml.get("kind"));
    }

    String name() {
        return String.valueOf(map("metadata").get("name"));
    }

    /** The stage, or what else of the pipeline it belongs to. */
    String component() {
        return String.valueOf(map("metadata", "labels").get("app.kubernetes.io/component"));
    }

    Map<String, Object> map(String... path) {
        return asMap(at(path));
    }

    List<Map<String, Object>> list(String... path) {
        return asList(at(path));
    }

    /** The first container that goes on. */
    Map<String, Object> container() {
        return list("spec", "template", "spec", "containers").get(0);
    }

    List<Map<String, Object>> containers() {
        var all = new ArrayList<>(asList(map("spec", "template", "spec").getOrDefault("initContainers", List.of())));
        all.addAll(list("spec", "template", "spec", "containers"));
        return all;
    }

    /** The settings that a config map holds. */
    Map<String, String> settings() {
        var properties = new Properties();
        try {
            properties.load(new StringReader(String.valueOf(map("data").get("dallemini.properties"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var settings = new LinkedHashMap<String, String>();
        properties.forEach((name, value) -> settings.put((String) name, (String) value));
        return settings;
    }

    private Object at(String... path) {
        Object value = yaml;
        for (String step : path) {
            value = Objects.requireNonNull(asMap(value).get(step), () -> String.join(".", path) + " of " + name());
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> asMap(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> asList(@Nullable Object value) {
        return (List<Map<String, Object>>) Objects.requireNonNull(value);
    }

    static String text(Map<String, Object> map, String key) {
        return (String) Objects.requireNonNull(map.get(key), key);
    }

    static int number(Map<String, Object> map, String key) {
        return (Integer) Objects.requireNonNull(map.get(key), key);
    }

    @Override
    public String toString() {
        return kind() + " " + name();
    }
}
