package org.dallemini.serde;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * The part of the Schema Registry REST API that the serdes and {@code schemas register|check|show} need. Thread-safe;
 * what cannot change is remembered, and threads that want the same schema share one call.
 *
 * <p>Every method throws {@link RegistryException}; {@link RegistryUnavailableException} where waiting may help.
 */
public final class SchemaRegistryClient {
    /** Deeper than anybody nests; a registry could answer with a circle. */
    private static final int MAX_REFERENCE_DEPTH = 32;

    /** Of one schema, directly and through others; a registry could name the same ones again and again. */
    private static final int MAX_REFERENCES = 256;

    private record Lookup(String subject, Schema schema, boolean normalize) {}

    private final RegistryHttp http;
    private final BoundedCache<Integer, Schema> byId;
    private final BoundedCache<UUID, Schema> byGuid;
    private final BoundedCache<Lookup, Integer> registered;
    private final BoundedCache<Lookup, Integer> found;
    private final BoundedCache<String, RegisteredSchema> latest;

    /** @param settings see {@link SerdeConfig#DEFINITION}; settings of others are ignored */
    public SchemaRegistryClient(Map<String, ?> settings) {
        this(new SerdeConfig(settings));
    }

    SchemaRegistryClient(SerdeConfig config) {
        http = new RegistryHttp(config);
        int capacity = config.getInt(SerdeConfig.MAX_SCHEMAS);
        byId = new BoundedCache<>(capacity);
        byGuid = new BoundedCache<>(capacity);
        registered = new BoundedCache<>(capacity);
        found = new BoundedCache<>(capacity);
        latest = new BoundedCache<>(capacity, config.latestTimeToLive(), System::nanoTime);
    }

    /**
     * The schema with this id.
     *
     * @throws MalformedRecordException if there is none, or it is no Avro schema
     */
    public Schema byId(int id) {
        return byId.get(id, key -> schemaOf("id " + key, "/schemas/ids/" + key + "?fetchMaxId=false"));
    }

    /**
     * The schema with this global identifier, which registries know since 8.0.
     *
     * @throws MalformedRecordException if there is none, or it is no Avro schema
     */
    public Schema byGuid(UUID guid) {
        return byGuid.get(guid, key -> schemaOf("GUID " + key, "/schemas/guids/" + key));
    }

    private Schema schemaOf(String what, String path) {
        JsonNode answer;
        try {
            answer = http.get(path);
        } catch (RegistryException e) {
            if (e.isNotFound()) {
                throw new MalformedRecordException(
                        "The registry has no schema with " + what
                                + ": the writer used another registry, or ids of another size",
                        e);
            }
            throw e;
        }
        String type = answer.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            throw new MalformedRecordException("The schema with " + what + " is " + type
                    + ", not Avro: write it with an Avro serializer (docs/events.md)");
        }
        try {
            return parse(answer);
        } catch (AvroRuntimeException e) {
            throw new MalformedRecordException("The schema with " + what + " is not valid: " + e.getMessage(), e);
        }
    }

    /** Registers the schema as the subject's next version, unless it has it already, and returns its id. */
    public int register(String subject, Schema schema, boolean normalize) {
        return registered.get(new Lookup(subject, schema, normalize), key -> {
            String path = "/subjects/" + encode(subject) + "/versions?normalize=" + normalize;
            return number(http.post(path, body(schema)), "id");
        });
    }

    /** The id of this very schema in the subject; {@link RegistryException#isNotFound()} if it is no version of it. */
    public int idOf(String subject, Schema schema, boolean normalize) {
        return found.get(new Lookup(subject, schema, normalize), key -> number(find(subject, schema, normalize), "id"));
    }

    /** This very schema in the subject, empty if it is no version of it. */
    public Optional<RegisteredSchema> find(String subject, Schema schema) {
        return optional(() -> registeredSchema(find(subject, schema, false)));
    }

    private JsonNode find(String subject, Schema schema, boolean normalize) {
        return http.post("/subjects/" + encode(subject) + "?normalize=" + normalize + "&deleted=false", body(schema));
    }

    /** The latest version of a subject, remembered for {@code latest.cache.ttl.sec}. */
    public RegisteredSchema latest(String subject) {
        return latest.get(subject, key -> registeredSchema(version(key, "latest")));
    }

    /** All subjects of the registry, ours or not. */
    public List<String> subjects() {
        return texts(http.get("/subjects"));
    }

    /** The versions of a subject, ascending; none if the registry does not know it. */
    public List<Integer> versions(String subject) {
        return optional(() -> http.get("/subjects/" + encode(subject) + "/versions"))
                .map(versions -> {
                    List<Integer> numbers = new ArrayList<>();
                    versions.forEach(v -> numbers.add(v.asInt()));
                    return List.copyOf(numbers);
                })
                .orElse(List.of());
    }

    /** The subject's own level, empty if the registry's default applies. */
    public Optional<String> compatibilityLevel(String subject) {
        return optional(() -> http.get("/config/" + encode(subject))).map(answer -> text(answer, "compatibilityLevel"));
    }

    /** The level of subjects that have none of their own. */
    public String defaultCompatibilityLevel() {
        return text(http.get("/config"), "compatibilityLevel");
    }

    public void setCompatibilityLevel(String subject, CompatibilityLevel level) {
        http.put(
                "/config/" + encode(subject),
                JsonNodeFactory.instance.objectNode().put("compatibility", level.name()));
    }

    /**
     * Why the schema may not become the next version of an existing subject at its level, in the registry's words; none
     * if it may.
     */
    public List<String> incompatibilities(String subject, Schema schema) {
        JsonNode answer =
                http.post("/compatibility/subjects/" + encode(subject) + "/versions?verbose=true", body(schema));
        if (answer.path("is_compatible").asBoolean()) {
            return List.of();
        }
        List<String> messages = texts(answer.path("messages"));
        return messages.isEmpty() ? List.of("incompatible; the registry gives no reason") : messages;
    }

    private JsonNode version(String subject, String version) {
        return http.get("/subjects/" + encode(subject) + "/versions/" + version);
    }

    private RegisteredSchema registeredSchema(JsonNode answer) {
        return new RegisteredSchema(
                text(answer, "subject"), number(answer, "version"), number(answer, "id"), parse(answer));
    }

    /** Parses a schema after those that it refers to. Old schemas may have defaults that Avro refuses today. */
    @SuppressWarnings("deprecation") // its successor cannot be told to leave defaults alone
    private Schema parse(JsonNode answer) {
        Schema.Parser parser = new Schema.Parser().setValidateDefaults(false);
        addReferences(answer, parser, MAX_REFERENCE_DEPTH, MAX_REFERENCES);
        return parser.parse(text(answer, "schema"));
    }

    /** @return how many more may follow */
    @SuppressWarnings("deprecation")
    private int addReferences(JsonNode answer, Schema.Parser parser, int depth, int budget) {
        if (depth == 0) {
            throw new SchemaParseException("schemas refer to each other more than " + MAX_REFERENCE_DEPTH + " deep");
        }
        int left = budget;
        for (JsonNode reference : answer.path("references")) {
            if (!parser.getTypes().containsKey(text(reference, "name"))) {
                if (left == 0) {
                    throw new SchemaParseException("it refers to more than " + MAX_REFERENCES + " schemas");
                }
                JsonNode referred = version(text(reference, "subject"), String.valueOf(number(reference, "version")));
                left = addReferences(referred, parser, depth - 1, left - 1);
                parser.parse(text(referred, "schema"));
            }
        }
        return left;
    }

    private static <T> Optional<T> optional(Supplier<T> call) {
        try {
            return Optional.of(call.get());
        } catch (RegistryException e) {
            if (e.isNotFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static String text(JsonNode answer, String field) {
        return field(answer, field, answer.path(field).isTextual()).textValue();
    }

    private static int number(JsonNode answer, String field) {
        return field(answer, field, answer.path(field).canConvertToInt()).intValue();
    }

    private static JsonNode field(JsonNode answer, String field, boolean valid) {
        if (!valid) {
            throw new RegistryUnavailableException(
                    200,
                    "An answer without a valid '" + field + "': is " + SerdeConfig.URL + " a schema registry?",
                    null);
        }
        return answer.path(field);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return List.copyOf(texts);
    }

    private static ObjectNode body(Schema schema) {
        return JsonNodeFactory.instance.objectNode().put("schema", schema.toString());
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
