package org.dallemini.embedded.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Schema;
import org.dallemini.embedded.registry.RegistryRoute.Request;

/** The calls of Confluent's REST API that this registry answers. */
final class RegistryApi {
    private static final Map<String, String> MODE = Map.of("mode", "READWRITE");

    private final SchemaStore store;

    RegistryApi(SchemaStore store) {
        this.store = store;
    }

    List<RegistryRoute> routes() {
        return List.of(
                RegistryRoute.of("GET", "/", r -> Map.of()),
                RegistryRoute.of("GET", "/subjects", r -> store.subjects()),
                RegistryRoute.of("POST", "/subjects/*", r -> version(store.find(r.argument(0), schema(r)))),
                RegistryRoute.of("GET", "/subjects/*/versions", r -> numbers(r.argument(0))),
                RegistryRoute.of("POST", "/subjects/*/versions", this::register),
                RegistryRoute.of(
                        "GET", "/subjects/*/versions/*", r -> version(store.version(r.argument(0), r.argument(1)))),
                RegistryRoute.of(
                        "GET", "/subjects/*/versions/*/schema", r -> json(store.version(r.argument(0), r.argument(1)))),
                RegistryRoute.of("GET", "/schemas/types", r -> List.of("AVRO")),
                RegistryRoute.of("GET", "/schemas/ids/*", r -> Map.of("schema", byId(r).text())),
                RegistryRoute.of("GET", "/schemas/ids/*/schema", r -> json(byId(r))),
                RegistryRoute.of("GET", "/schemas/ids/*/subjects", r -> places(r).stream()
                        .map(StoredSchema::subject)
                        .toList()),
                RegistryRoute.of("GET", "/schemas/ids/*/versions", r -> places(r).stream()
                        .map(RegistryApi::place)
                        .toList()),
                RegistryRoute.of(
                        "GET",
                        "/schemas/guids/*",
                        r -> Map.of("schema", byGuid(r).text())),
                RegistryRoute.of(
                        "POST",
                        "/compatibility/subjects/*/versions",
                        r -> compatibility(r, store.objections(r.argument(0), schema(r)))),
                RegistryRoute.of(
                        "POST",
                        "/compatibility/subjects/*/versions/*",
                        r -> compatibility(r, store.objections(r.argument(0), r.argument(1), schema(r)))),
                RegistryRoute.of("GET", "/config", r -> Map.of("compatibilityLevel", store.defaultLevel())),
                RegistryRoute.of("PUT", "/config", this::setDefaultLevel),
                RegistryRoute.of("GET", "/config/*", this::level),
                RegistryRoute.of("PUT", "/config/*", this::setLevel),
                RegistryRoute.of(
                        "DELETE", "/config/*", r -> Map.of("compatibilityLevel", store.removeLevel(r.argument(0)))),
                RegistryRoute.of("GET", "/mode", r -> MODE),
                RegistryRoute.of("GET", "/mode/*", this::mode));
    }

    private Object register(Request request) {
        if (request.body().path("id").asInt(-1) >= 0) {
            throw RegistryError.notInImportMode();
        }
        return version(store.register(request.argument(0), schema(request)));
    }

    private static Schema schema(Request request) {
        JsonNode body = request.body();
        if (!body.path("schemaType").asText("AVRO").equals("AVRO")) {
            throw RegistryError.invalidSchema("only AVRO is understood here");
        }
        if (!body.path("references").isEmpty()) {
            throw RegistryError.invalidSchema("references to other schemas are not understood here");
        }
        if (!body.path("schema").isTextual()) {
            throw RegistryError.invalidSchema("the request has no text in the field 'schema'");
        }
        return StoredSchema.parse(body.path("schema").textValue());
    }

    private static Map<String, Object> version(StoredSchema schema) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("subject", schema.subject());
        answer.put("version", schema.version());
        answer.put("id", schema.id());
        answer.put("guid", schema.guid().toString());
        answer.put("schemaType", "AVRO");
        answer.put("schema", schema.text());
        return answer;
    }

    private List<Integer> numbers(String subject) {
        return store.versions(subject).stream().map(StoredSchema::version).toList();
    }

    private static JsonNode json(StoredSchema schema) {
        return RegistryHandler.parse(schema.text());
    }

    private static Map<String, Object> place(StoredSchema schema) {
        return Map.of("subject", schema.subject(), "version", schema.version());
    }

    private StoredSchema byId(Request request) {
        return store.byId(id(request));
    }

    private List<StoredSchema> places(Request request) {
        return store.places(id(request));
    }

    private static int id(Request request) {
        try {
            return Integer.parseInt(request.argument(0));
        } catch (NumberFormatException e) {
            throw RegistryError.noSuchPath(); // as Confluent's registry answers
        }
    }

    private StoredSchema byGuid(Request request) {
        try {
            return store.byGuid(UUID.fromString(request.argument(0)));
        } catch (IllegalArgumentException e) {
            throw RegistryError.unknownSchema();
        }
    }

    private static Map<String, Object> compatibility(Request request, List<String> objections) {
        return request.flag("verbose")
                ? Map.of("is_compatible", objections.isEmpty(), "messages", objections)
                : Map.of("is_compatible", objections.isEmpty());
    }

    private Object level(Request request) {
        String subject = request.argument(0);
        return Map.of("compatibilityLevel", store.level(subject).orElseGet(() -> {
            if (request.flag("defaultToGlobal")) {
                return store.defaultLevel();
            }
            throw RegistryError.noLevelOf(subject);
        }));
    }

    private Object setDefaultLevel(Request request) {
        Level level = wantedLevel(request);
        store.setLevel(null, level);
        return Map.of("compatibility", level);
    }

    private Object setLevel(Request request) {
        Level level = wantedLevel(request);
        store.setLevel(request.argument(0), level);
        return Map.of("compatibility", level);
    }

    private static Level wantedLevel(Request request) {
        String name = request.body().path("compatibility").asText();
        try {
            return Level.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw RegistryError.invalidLevel(name);
        }
    }

    private Object mode(Request request) {
        if (request.flag("defaultToGlobal")) {
            return MODE;
        }
        throw RegistryError.noModeOf(request.argument(0));
    }
}
