package org.dallemini.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.dallemini.stage.ErrorCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerts and dashboard ask for metrics and labels that exist, and mean what they say. */
class MonitoringTest {
    private static final Path ALERTS = Chart.FOLDER.resolve("files/alerts.yaml");
    private static final Path DASHBOARD = Chart.FOLDER.resolve("files/dashboard.json");
    private static final Path RULE_TESTS = Chart.ROOT.resolve("deploy/src/test/prometheus");
    private static final Set<String> OF_PROMETHEUS = Set.of("namespace", "instance", "le");
    private static final Pattern SELECTOR = Pattern.compile("\\b(dallemini_\\w+)(?:\\{([^}]*)})?");
    private static final Pattern GROUPING = Pattern.compile("\\bby \\(([^)]*)\\)");

    private MetricsPage metrics;

    @TempDir
    private Path folder;

    @BeforeEach
    void readMetrics() throws Exception {
        metrics = MetricsPage.ofDocumentation(Files.readString(Chart.ROOT.resolve("docs/metrics.md")));
        assertThat(metrics.metrics()).hasSizeGreaterThan(20);
    }

    @Test
    void shouldAlertByMetricsThatExist() throws Exception {
        assertThat(alerts()).hasSizeGreaterThan(8).allSatisfy(alert -> assertKnown(Manifest.text(alert, "expr")));
    }

    @Test
    void shouldShowMetricsThatExist() throws Exception {
        assertThat(expressions()).hasSizeGreaterThan(20).allSatisfy(this::assertKnown);
    }

    /** Each metric, and each label that is selected or grouped by. */
    private void assertKnown(String expression) {
        Matcher selector = SELECTOR.matcher(expression);
        var labels = new TreeSet<String>(OF_PROMETHEUS);
        int found = 0;
        while (selector.find()) {
            found++;
            String name = selector.group(1);
            assertThat(metrics.has(name))
                    .as("%s of %s is in docs/metrics.md", name, expression)
                    .isTrue();
            labels.addAll(metrics.labels(name));
            Matcher label = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)").matcher(String.valueOf(selector.group(2)));
            while (label.find()) {
                assertThat(metrics.labels(name).contains(label.group(1)) || OF_PROMETHEUS.contains(label.group(1)))
                        .as("label %s of %s in %s", label.group(1), name, expression)
                        .isTrue();
            }
        }
        assertThat(found).as("metrics of %s", expression).isPositive();
        Matcher grouping = GROUPING.matcher(expression);
        while (grouping.find()) {
            assertThat(labels).as("%s", expression).contains(grouping.group(1).split(", *"));
        }
    }

    @Test
    void shouldNameOutcomesThatExist() throws Exception {
        var outcomes = new HashSet<>(Set.of("completed", "duplicate", "no-job", "retried", "dead-letter"));
        for (ErrorCode code : ErrorCode.values()) {
            outcomes.add(code.code());
        }
        var text = Files.readString(ALERTS) + String.join("\n", expressions());
        Matcher selected = Pattern.compile("outcome[=!]?[=~]\"([^\"]*)\"").matcher(text);
        int found = 0;
        while (selected.find()) {
            found++;
            assertThat(outcomes).containsAll(withoutPictures(selected.group(1).split("\\|")));
        }
        assertThat(found).isGreaterThan(2);
    }

    /** The image filter has outcomes of its own. */
    private static List<String> withoutPictures(String... outcomes) {
        var rest = new ArrayList<>(List.of(outcomes));
        rest.remove("passed");
        return rest;
    }

    @Test
    void shouldSayOfEachAlertWhatToDo() throws Exception {
        String documentation = Files.readString(Chart.ROOT.resolve("docs/monitoring.md"));
        String tests = Files.readString(RULE_TESTS.resolve("alerts-test.yaml"));

        for (Map<String, Object> alert : alerts()) {
            String name = Manifest.text(alert, "alert");
            assertThat(Manifest.asMap(alert.get("annotations"))).containsKeys("summary", "description");
            assertThat(Manifest.asMap(alert.get("labels")).get("severity")).isIn("critical", "warning");
            assertThat(documentation).contains("| `" + name + "` |");
            assertThat(tests)
                    .as("a test in which it fires")
                    .containsPattern("alertname: " + name + "\\s+exp_alerts:\\s+- ");
        }
    }

    @Test
    void shouldLayOutTheDashboardAsGrafanaDoes() throws Exception {
        JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
        var ids = new HashSet<Integer>();
        var cells = new HashSet<String>();

        assertThat(dashboard.path("schemaVersion").asInt()).isGreaterThanOrEqualTo(36);
        assertThat(dashboard.path("uid").asText()).isNotEmpty();
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(ids.add(panel.path("id").asInt()))
                    .as("%s", panel.path("title"))
                    .isTrue();
            JsonNode place = panel.path("gridPos");
            assertThat(place.path("x").asInt() + place.path("w").asInt()).isLessThanOrEqualTo(24);
            for (int x = 0; x < place.path("w").asInt(); x++) {
                for (int y = 0; y < place.path("h").asInt(); y++) {
                    assertThat(cells.add(place.path("x").asInt() + x + ","
                                    + (place.path("y").asInt() + y)))
                            .as("%s lies over another", panel.path("title"))
                            .isTrue();
                }
            }
            if (!panel.path("type").asText().equals("row")) {
                assertThat(panel.path("description").asText()).isNotEmpty();
                assertThat(panel.path("fieldConfig")
                                .path("defaults")
                                .path("unit")
                                .asText())
                        .isNotEmpty();
                assertThat(panel.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
            }
        }
    }

    @Test
    void shouldPassPromtool() throws Exception {
        Tool promtool = Tool.named("promtool");

        assertThat(promtool.run(RULE_TESTS, "check", "rules", ALERTS.toString()))
                .startsWith("0:");
        assertThat(promtool.run(RULE_TESTS, "test", "rules", "alerts-test.yaml"))
                .startsWith("0:");
    }

    @Test
    void shouldShowWhatPrometheusUnderstands() throws Exception {
        // Given: each expression of the dashboard as a recording rule
        Tool promtool = Tool.named("promtool");
        var rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        int number = 0;
        for (String expression : expressions()) {
            rules.append("      - record: panel_").append(number++).append("\n        expr: '");
            rules.append(expression.replace("$__rate_interval", "2m").replace("'", "''"))
                    .append("'\n");
        }
        Path file = Files.writeString(folder.resolve("dashboard.yaml"), rules);

        // When, Then
        assertThat(promtool.run(folder, "check", "rules", file.toString())).startsWith("0:");
    }

    private static List<Map<String, Object>> alerts() throws Exception {
        return Manifest.asList(
                Manifest.asList(Chart.read(ALERTS).get("groups")).get(0).get("rules"));
    }

    private static List<String> expressions() throws Exception {
        return StreamSupport.stream(
                        new ObjectMapper()
                                .readTree(DASHBOARD.toFile())
                                .path("panels")
                                .spliterator(),
                        false)
                .flatMap(panel -> StreamSupport.stream(panel.path("targets").spliterator(), false))
                .map(target -> target.path("expr").asText())
                .toList();
    }
}
