package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Holds what the API answers against what its document says. */
final class OpenApiContract {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode DOCUMENT = document();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(VersionFlag.V202012);
    private static final SchemaValidatorsConfig CONFIG =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

    private OpenApiContract() {}

    /** A field that the document does not name is a mistake here, though not for those who use the API. */
    private static JsonNode document() {
        try {
            JsonNode document = JSON.readTree(OpenApi.document());
            closeObjects(document.path("components").path("schemas"));
            closeObjects(document.path("paths"));
            return document;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void closeObjects(JsonNode node) {
        if (node instanceof ObjectNode object
                && object.path("properties").isObject()
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        node.forEach(OpenApiContract::closeObjects);
    }

    /** Whether it is no file of the web page. */
    static boolean isOfApi(String path) {
        return path.startsWith("/v1/") || path.equals("/openapi.json");
    }

    /** Each as {@code GET /v1/jobs}. */
    static Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        for (Map.Entry<String, JsonNode> path : DOCUMENT.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (!operation.getKey().equals("parameters")) {
                    operations.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
                }
            }
        }
        return operations;
    }

    /**
     * Fails unless the document says that this may be answered.
     *
     * @param path without query
     * @param type media type
     * @param body null if it is no JSON
     */
    static void check(String method, String path, int status, String type, @Nullable JsonNode body) {
        String what = method + " " + path + " answered " + status + " " + type;
        if (method.equals("OPTIONS") && status == 204) {
            assertThat(type).as(what).isEmpty();
            return;
        }
        JsonNode operation = operation(method.equals("HEAD") ? "GET" : method, path);
        JsonNode schema;
        if (operation == null && !isOfApi(path) && status < 400) {
            return;
        }
        if (operation == null) {
            assertThat(status).as(what).isIn(400, 403, 404, 405);
            schema = reference(type.equals("application/json") ? "OpenAiError" : "Problem");
        } else {
            JsonNode response = resolved(operation.path("responses").path(Integer.toString(status)));
            assertThat(response.isMissingNode()).as("%s: undocumented", what).isFalse();
            if (!response.has("content")) {
                return;
            }
            JsonNode content = response.path("content").path(type);
            assertThat(content.isMissingNode())
                    .as("%s: undocumented media type", what)
                    .isFalse();
            schema = content.path("schema");
        }
        if (body != null && !schema.isMissingNode()) {
            ObjectNode whole = JSON.createObjectNode();
            whole.putArray("allOf").add(schema);
            whole.set("components", DOCUMENT.path("components"));
            assertThat(SCHEMAS.getSchema(whole, CONFIG).validate(body))
                    .as("%s: %s", what, body)
                    .isEmpty();
        }
    }

    /** Fails unless some JSON is as the document says of a schema; for what is no answer of its own. */
    static void checkSchema(String schema, String json) throws IOException {
        ObjectNode whole = JSON.createObjectNode();
        whole.putArray("allOf").add(reference(schema));
        whole.set("components", DOCUMENT.path("components"));
        assertThat(SCHEMAS.getSchema(whole, CONFIG).validate(JSON.readTree(json)))
                .as("%s: %s", schema, json)
                .isEmpty();
    }

    private static ObjectNode reference(String schema) {
        return JSON.createObjectNode().put("$ref", "#/components/schemas/" + schema);
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? DOCUMENT.at(node.path("$ref").asText().substring(1)) : node;
    }

    private static @Nullable JsonNode operation(String method, String path) {
        for (Map.Entry<String, JsonNode> one : DOCUMENT.path("paths").properties()) {
            String pattern = one.getKey().replaceAll("\\{[^}]*}", "[^/]+");
            JsonNode operation = one.getValue().path(method.toLowerCase(Locale.ROOT));
            if (path.matches(pattern) && !operation.isMissingNode()) {
                return operation;
            }
        }
        return null;
    }
}
