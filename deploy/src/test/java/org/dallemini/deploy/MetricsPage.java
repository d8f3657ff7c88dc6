package org.dallemini.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics of the pipeline itself, as a scrape shows them and as the table of docs/metrics.md has them. */
record MetricsPage(SortedMap<String, Metric> metrics) {
    private static final Pattern HELP = Pattern.compile("# HELP (dallemini_\\w+) (.*)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (dallemini_\\w+) (\\w+)");
    private static final Pattern SAMPLE = Pattern.compile("(dallemini_\\w+)(?:\\{(.*)})? [^ ]+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(dallemini_\\w+)` \\| (\\w+) \\| (\\S*) \\| ([^|]*) \\| (.*) \\|$");

    /** @param labels those of its own; Prometheus adds others */
    record Metric(String type, Set<String> labels, String meaning) {}

    static MetricsPage ofScrape(String text) {
        var metrics = new TreeMap<String, Metric>();
        String help = "";
        for (String line : text.lines().toList()) {
            Matcher matcher = HELP.matcher(line);
            if (matcher.matches()) {
                help = matcher.group(2);
                continue;
            }
            matcher = TYPE.matcher(line);
            if (matcher.matches()) {
                metrics.put(matcher.group(1), new Metric(matcher.group(2), new TreeSet<>(), help));
                continue;
            }
            matcher = SAMPLE.matcher(line);
            if (matcher.matches()) {
                Metric metric = find(metrics, matcher.group(1));
                Matcher label = LABEL.matcher(matcher.group(2) == null ? "" : matcher.group(2));
                while (label.find()) {
                    metric.labels.add(label.group(1));
                }
                metric.labels.remove("le");
            }
        }
        metrics.keySet().removeIf(name -> name.endsWith("_max") && metrics.containsKey(name.replaceFirst("_max$", "")));
        return new MetricsPage(metrics);
    }

    static MetricsPage ofDocumentation(String text) {
        var metrics = new TreeMap<String, Metric>();
        Matcher row = ROW.matcher(text);
        while (row.find()) {
            var labels = new TreeSet<String>();
            Matcher label = Pattern.compile("`(\\w+)`").matcher(row.group(4));
            while (label.find()) {
                labels.add(label.group(1));
            }
            metrics.put(row.group(1), new Metric(row.group(2), labels, row.group(5)));
        }
        return new MetricsPage(metrics);
    }

    /** The rows of the table, in the order of the names. */
    String table() {
        List<String> rows = new ArrayList<>();
        metrics.forEach((name, metric) -> rows.add(String.format(
                "| `%s` | %s | %s | %s | %s |",
                name,
                metric.type,
                unit(name),
                String.join(
                        ", ",
                        metric.labels.stream().map(label -> "`" + label + "`").toList()),
                metric.meaning.replaceFirst("[.]$", ""))));
        return String.join("\n", rows);
    }

    private static String unit(String name) {
        for (String unit : List.of("seconds", "bytes", "joules", "grams")) {
            if (name.matches(".*_" + unit + "(_total)?")) {
                return unit;
            }
        }
        return "";
    }

    /** The metric that a name of a query belongs to: histograms and summaries have several. */
    boolean has(String name) {
        return metrics.containsKey(base(metrics, name));
    }

    Set<String> labels(String name) {
        return find(metrics, name).labels;
    }

    private static Metric find(SortedMap<String, Metric> metrics, String name) {
        Metric metric = metrics.get(base(metrics, name));
        if (metric == null) {
            throw new IllegalArgumentException("no metric " + name);
        }
        return metric;
    }

    private static String base(SortedMap<String, Metric> metrics, String name) {
        return metrics.containsKey(name) ? name : name.replaceFirst("_(bucket|count|sum|max)$", "");
    }
}
