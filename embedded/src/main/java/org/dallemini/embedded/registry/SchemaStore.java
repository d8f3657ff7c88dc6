package org.dallemini.embedded.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.avro.Schema;
import org.dallemini.embedded.EmbeddedServerException;
import org.jspecify.annotations.Nullable;

/**
 * The registry's rules and what it knows, in memory; every change is in the log before it is seen here. Thread-safe.
 */
final class SchemaStore {
    /** What applies to a subject until somebody says otherwise. */
    static final Level DEFAULT_LEVEL = Level.BACKWARD;

    private final SchemaLog log;

    /** The versions of each subject, oldest first and without gaps. */
    private final Map<String, List<StoredSchema>> subjects = new TreeMap<>();

    /** The first place that each schema was registered at, by its id and by its text. */
    private final Map<Integer, StoredSchema> byId = new HashMap<>();

    private final Map<String, StoredSchema> byText = new HashMap<>();
    private final Map<String, Level> levels = new HashMap<>();
    private Level defaultLevel = DEFAULT_LEVEL;

    private SchemaStore(SchemaLog log) {
        this.log = log;
    }

    static SchemaStore load(SchemaLog log) {
        SchemaStore store = new SchemaStore(log);
        log.contents().forEach(store::apply);
        return store;
    }

    private synchronized void apply(JsonNode key, JsonNode value) {
        switch (key.path("keytype").asText()) {
            case "SCHEMA" ->
                add(new StoredSchema(
                        value.path("subject").asText(),
                        value.path("version").asInt(),
                        value.path("id").asInt(),
                        StoredSchema.parse(value.path("schema").asText())));
            case "CONFIG" ->
                setLocally(
                        key.path("subject").textValue(),
                        Level.valueOf(value.path("compatibilityLevel").asText()));
            default ->
                throw new EmbeddedServerException(
                        "The topic " + SchemaLog.TOPIC + " was written by another kind of registry: " + key, null);
        }
    }

    private void add(StoredSchema schema) {
        subjects.computeIfAbsent(schema.subject(), s -> new ArrayList<>()).add(schema);
        byId.putIfAbsent(schema.id(), schema);
        byText.putIfAbsent(schema.text(), schema);
    }

    private void setLocally(@Nullable String subject, @Nullable Level level) {
        if (subject == null) {
            defaultLevel = level == null ? DEFAULT_LEVEL : level;
        } else if (level == null) {
            levels.remove(subject);
        } else {
            levels.put(subject, level);
        }
    }

    /** The version with this very schema: the one there is, or a new one if the subject's level lets it in. */
    synchronized StoredSchema register(String subject, Schema schema) {
        List<StoredSchema> versions = subjects.getOrDefault(subject, List.of());
        Optional<StoredSchema> same = same(versions, schema);
        if (same.isPresent()) {
            return same.get();
        }
        List<String> objections = levels.getOrDefault(subject, defaultLevel).objections(schema, versions);
        if (!objections.isEmpty()) {
            throw RegistryError.incompatible(subject, objections);
        }
        StoredSchema elsewhere = byText.get(schema.toString());
        int id = elsewhere == null ? byId.size() + 1 : elsewhere.id();
        StoredSchema added = new StoredSchema(subject, versions.size() + 1, id, schema);
        log.schema(added);
        add(added);
        return added;
    }

    private static Optional<StoredSchema> same(Collection<StoredSchema> versions, Schema schema) {
        String text = schema.toString();
        return versions.stream().filter(v -> v.text().equals(text)).findFirst();
    }

    /** The version with this very schema. */
    synchronized StoredSchema find(String subject, Schema schema) {
        return same(versions(subject), schema).orElseThrow(RegistryError::unknownSchema);
    }

    synchronized List<String> subjects() {
        return List.copyOf(subjects.keySet());
    }

    synchronized List<StoredSchema> versions(String subject) {
        List<StoredSchema> versions = subjects.get(subject);
        if (versions == null) {
            throw RegistryError.unknownSubject(subject);
        }
        return List.copyOf(versions);
    }

    /** @param version a positive number, or {@code latest} */
    synchronized StoredSchema version(String subject, String version) {
        int number = isLatest(version) ? 0 : number(version);
        List<StoredSchema> versions = versions(subject);
        if (number > versions.size()) {
            throw RegistryError.unknownVersion(number);
        }
        return versions.get(number == 0 ? versions.size() - 1 : number - 1);
    }

    private static boolean isLatest(String version) {
        return version.equals("latest") || version.equals("-1");
    }

    private static int number(String version) {
        try {
            int number = Integer.parseInt(version);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the same answer as for 0
        }
        throw RegistryError.invalidVersion(version);
    }

    synchronized StoredSchema byId(int id) {
        StoredSchema schema = byId.get(id);
        if (schema == null) {
            throw RegistryError.unknownSchema();
        }
        return schema;
    }

    synchronized StoredSchema byGuid(UUID guid) {
        return byId.values().stream()
                .filter(s -> s.guid().equals(guid))
                .findFirst()
                .orElseThrow(RegistryError::unknownSchema);
    }

    /** Every place that the schema with this id is registered at. */
    synchronized List<StoredSchema> places(int id) {
        byId(id);
        return subjects.values().stream()
                .flatMap(List::stream)
                .filter(s -> s.id() == id)
                .toList();
    }

    /** Why the schema may not follow the subject's versions at its level. */
    synchronized List<String> objections(String subject, Schema schema) {
        return level(subject).orElse(defaultLevel).objections(schema, subjects.getOrDefault(subject, List.of()));
    }

    /** The same against one version alone; a subject without versions accepts anything as its latest. */
    synchronized List<String> objections(String subject, String version, Schema schema) {
        if (isLatest(version) && !subjects.containsKey(subject)) {
            return List.of();
        }
        return level(subject).orElse(defaultLevel).objections(schema, List.of(version(subject, version)));
    }

    synchronized Level defaultLevel() {
        return defaultLevel;
    }

    synchronized Optional<Level> level(String subject) {
        return Optional.ofNullable(levels.get(subject));
    }

    /** @param subject null for the level of subjects that have none */
    synchronized void setLevel(@Nullable String subject, Level level) {
        log.level(subject, level);
        setLocally(subject, level);
    }

    /** Makes the default level apply again. */
    synchronized Level removeLevel(String subject) {
        Level level = level(subject).orElseThrow(() -> RegistryError.noLevelOf(subject));
        log.level(subject, null);
        setLocally(subject, null);
        return level;
    }
}
