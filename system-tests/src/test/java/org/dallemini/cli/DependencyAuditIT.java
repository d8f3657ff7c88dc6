package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the program ships: its bill of materials is complete, and no version in it is known to be vulnerable. */
class DependencyAuditIT {
    private static final Path DIST = InProcess.ROOT.resolve("cli/target/dist");
    private static final Path ADVISORIES = InProcess.ROOT.resolve("security/advisories.json");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void shouldListEveryLibraryThatIsShipped() throws IOException {
        // Given
        var shipped = new TreeSet<String>();
        try (Stream<Path> files = Files.list(DIST.resolve("lib"))) {
            files.map(file -> file.getFileName().toString()).forEach(shipped::add);
        }

        // When
        var listed = new TreeSet<String>();
        for (JsonNode component : bill().path("components")) {
            listed.add(component.path("name").asText() + "-"
                    + component.path("version").asText() + ".jar");
        }

        // Then
        shipped.removeIf(name -> name.equals("dallemini.jar")); // it is what the bill is of
        assertThat(listed).containsAll(shipped);
    }

    private static JsonNode bill() throws IOException {
        Path file = DIST.resolve("bom.json");
        assumeTrue(Files.exists(file), "no " + file + ": builds without the network (mvn -o) do not make it");
        return JSON.readTree(file.toFile());
    }

    @Test
    void shouldShipNoVersionThatIsKnownToBeVulnerable() throws IOException {
        // Given
        Set<Library> libraries = new TreeSet<>(Comparator.comparing(Library::toString));
        for (JsonNode component : bill().path("components")) {
            libraries.add(new Library(
                    component.path("group").asText() + ":"
                            + component.path("name").asText(),
                    component.path("version").asText()));
        }
        libraries.addAll(librariesInsideJars());
        assertThat(libraries).hasSizeGreaterThan(100);
        JsonNode data = JSON.readTree(ADVISORIES.toFile());

        // When
        var found = new ArrayList<String>();
        for (JsonNode advisory : data.path("advisories")) {
            String id = advisory.path("id").asText();
            String name = advisory.path("package").asText();
            for (Library library : libraries) {
                if (library.name.equals(name)
                        && isAffected(library.version, advisory)
                        && !data.path("accepted").has(id)) {
                    found.add(library + " has " + id + ": "
                            + advisory.path("summary").asText() + " Upgrade it, or give a reason under 'accepted' in "
                            + ADVISORIES + ".");
                }
            }
        }

        // Then
        assertThat(found).isEmpty();
    }

    /** @param name group:artifact */
    private record Library(String name, String version) {}

    /** Those that jars hold inside, if they left in what Maven says of them. */
    private static List<Library> librariesInsideJars() throws IOException {
        var libraries = new ArrayList<Library>();
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(DIST.resolve("lib"), "*.jar")) {
            for (Path path : jars) {
                try (var jar = new JarFile(path.toFile())) {
                    for (JarEntry entry : Collections.list(jar.entries())) {
                        if (entry.getName().matches("META-INF/maven/.*/pom\\.properties")) {
                            var facts = new Properties();
                            facts.load(jar.getInputStream(entry));
                            libraries.add(new Library(
                                    facts.getProperty("groupId") + ":" + facts.getProperty("artifactId"),
                                    facts.getProperty("version", "")));
                        }
                    }
                }
            }
        }
        return libraries;
    }

    private static boolean isAffected(String version, JsonNode advisory) {
        var own = new MavenVersion(version);
        for (JsonNode range : advisory.path("affected")) {
            boolean begun = own.compareTo(new MavenVersion(range.path("from").asText())) >= 0;
            boolean open = range.has("before")
                    ? own.compareTo(new MavenVersion(range.path("before").asText())) < 0
                    : !range.has("upTo")
                            || own.compareTo(new MavenVersion(range.path("upTo").asText())) <= 0;
            if (begun && open) {
                return true;
            }
        }
        return false;
    }

    @ParameterizedTest
    @CsvSource({
        "1.5.20, 1.5.25, -1",
        "2.21.10, 2.21.9, 1",
        "33.7.1-jre, 32.0.0-android, 1",
        "2.0-beta9, 2.0, -1",
        "1.0, 1.0.0, 0",
        "1.1.10.7, 1.1.10, 1",
        "1.5.6-10, 1.5.6-9, 1",
        "3.0.0-rc1, 3.0.0-rc2, -1",
    })
    void shouldOrderVersionsAsMavenDoes(String a, String b, int order) {
        assertThat(Integer.signum(new MavenVersion(a).compareTo(new MavenVersion(b))))
                .isEqualTo(order);
    }

    /** Against a server of our own that answers in OSV's form, since tests have no network. */
    @Test
    void shouldRenewTheAdvisoriesFromOsv() throws Exception {
        // Given
        Path bom = Files.writeString(
                folder.resolve("bom.json"), "{\"components\":[{\"purl\":\"pkg:maven/org.a/b@1.0?type=jar\"}]}");
        Path file = Files.writeString(folder.resolve("advisories.json"), "{\"accepted\":{\"CVE-1\":\"not used\"}}");
        HttpServer osv = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        osv.createContext("/", exchange -> {
            String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean query = exchange.getRequestURI().getPath().equals("/v1/query") && asked.contains("\"org.a:b\"");
            byte[] answer = (query ? "{\"vulns\":[{\"id\":\"GHSA-x\"}]}" : """
                            {"id": "GHSA-x", "aliases": ["CVE-2"], "summary": "Bad.", "affected": [
                              {"package": {"name": "org.a:b"}, "ranges": [{"events": [
                                {"introduced": "0"}, {"fixed": "1.1"}, {"introduced": "2"}, {"last_affected": "2.3"}]}]},
                              {"package": {"name": "org.other:c"}, "ranges": []}]}
                            """).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        osv.start();

        // When
        try {
            Process update = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            DIST.resolve("lib") + "/*",
                            InProcess.ROOT.resolve("security/Update.java").toString(),
                            "http://127.0.0.1:" + osv.getAddress().getPort(),
                            bom.toString(),
                            file.toString()))
                    .inheritIO()
                    .start();
            assertThat(update.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(update.exitValue()).isZero();
        } finally {
            osv.stop(0);
        }

        // Then
        JsonNode renewed = JSON.readTree(file.toFile());
        assertThat(renewed.path("accepted").path("CVE-1").asText()).isEqualTo("not used");
        JsonNode advisory = renewed.path("advisories").path(0);
        assertThat(advisory.path("id").asText()).isEqualTo("CVE-2");
        assertThat(isAffected("1.0", advisory)).isTrue();
        assertThat(isAffected("1.1", advisory)).isFalse();
        assertThat(isAffected("2.3", advisory)).isTrue();
        assertThat(isAffected("2.4", advisory)).isFalse();
    }
}
