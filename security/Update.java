import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Asks an OSV server for every advisory on the libraries of a bill of materials, whatever their version, and writes them
 * in the form of advisories.json. What was accepted there stays. Run by {@code security/update}.
 */
final class Update {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String server;

    private Update(String server) {
        this.server = server;
    }

    public static void main(String[] arguments) throws Exception {
        new Update(arguments[0]).run(Path.of(arguments[1]), Path.of(arguments[2]));
    }

    private void run(Path bom, Path file) throws Exception {
        Set<String> packages = packages(JSON.readTree(bom.toFile()));
        Set<String> ids = new TreeSet<>();
        for (String name : packages) {
            ids.addAll(ids(name));
        }
        ObjectNode result = JSON.createObjectNode()
                .put("about", "Every advisory that OSV had on the libraries of the program, by security/update.")
                .put("collected", LocalDate.now(ZoneOffset.UTC).toString());
        result.putArray("open");
        result.set("accepted", JSON.readTree(file.toFile()).path("accepted"));
        ArrayNode advisories = result.putArray("advisories");
        for (String id : ids) {
            entries(get("/v1/vulns/" + id), packages).forEach(advisories::add);
        }
        Files.writeString(
                file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(result) + System.lineSeparator());
        System.err.println(advisories.size() + " entries on " + packages.size() + " libraries");
    }

    /** {@code group:artifact} of each, from {@code pkg:maven/group/artifact@version?type=jar}. */
    private static Set<String> packages(JsonNode bom) {
        var packages = new TreeSet<String>();
        for (JsonNode component : bom.path("components")) {
            String purl = component.path("purl").asText();
            if (purl.startsWith("pkg:maven/")) {
                packages.add(purl.substring("pkg:maven/".length()).replaceFirst("@.*", "").replace('/', ':'));
            }
        }
        return packages;
    }

    private List<String> ids(String name) throws Exception {
        var ids = new ArrayList<String>();
        String page = "";
        do {
            ObjectNode query = JSON.createObjectNode();
            query.putObject("package").put("ecosystem", "Maven").put("name", name);
            if (!page.isEmpty()) {
                query.put("page_token", page);
            }
            JsonNode answer = send(HttpRequest.newBuilder(URI.create(server + "/v1/query"))
                    .POST(BodyPublishers.ofString(query.toString()))
                    .build());
            answer.path("vulns").forEach(found -> ids.add(found.path("id").asText()));
            page = answer.path("next_page_token").asText("");
        } while (!page.isEmpty());
        return ids;
    }

    /** One for each of our packages that the advisory is about; none if it was withdrawn. */
    private Collection<ObjectNode> entries(JsonNode advisory, Set<String> packages) {
        var entries = new TreeMap<String, ObjectNode>();
        for (JsonNode affected : advisory.path("affected")) {
            String name = affected.path("package").path("name").asText();
            if (!packages.contains(name) || advisory.has("withdrawn")) {
                continue;
            }
            ObjectNode entry = entries.computeIfAbsent(name, n -> {
                ObjectNode fresh = JSON.createObjectNode().put("id", name(advisory)).put("package", n);
                fresh.putArray("affected");
                return fresh.put("summary", advisory.path("summary").asText())
                        .put("source", "https://osv.dev/vulnerability/" + advisory.path("id").asText())
                        .put("lookedUp", true);
            });
            for (JsonNode range : affected.path("ranges")) {
                ranges(range, entry.withArray("affected"));
            }
        }
        return entries.values();
    }

    /** The CVE's number where there is one. */
    private static String name(JsonNode advisory) {
        for (JsonNode alias : advisory.path("aliases")) {
            if (alias.asText().startsWith("CVE-")) {
                return alias.asText();
            }
        }
        return advisory.path("id").asText();
    }

    private static void ranges(JsonNode range, ArrayNode affected) {
        ObjectNode open = null;
        for (JsonNode event : range.path("events")) {
            if (event.has("introduced")) {
                open = affected.addObject().put("from", event.path("introduced").asText());
            } else if (open != null && event.has("fixed")) {
                open.put("before", event.path("fixed").asText());
            } else if (open != null && event.has("last_affected")) {
                open.put("upTo", event.path("last_affected").asText());
            }
        }
    }

    private JsonNode get(String path) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(server + path)).build());
    }

    private static JsonNode send(HttpRequest request) throws Exception {
        HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(request.uri() + " was answered with " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }
}
