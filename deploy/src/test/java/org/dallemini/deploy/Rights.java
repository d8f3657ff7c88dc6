package org.dallemini.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rights that docs/security.md names for {@code topic.prefix=pipeline.}, each as {@code type name pattern
 * operation}.
 */
final class Rights {
    private static final String PREFIX = "pipeline.";

    private Rights() {}

    /** Its table, and Delete on the topics that Kafka Streams empties. */
    static Set<String> ofTheTable(String documentation) {
        var rights = new TreeSet<String>();
        Matcher row = Pattern.compile("(?m)^\\| (topics|consumer groups|transactional ids) \\| ([A-Za-z, ]+) \\|")
                .matcher(documentation);
        while (row.find()) {
            String type =
                    switch (row.group(1)) {
                        case "topics" -> "topic";
                        case "consumer groups" -> "group";
                        default -> "transactionalId";
                    };
            for (String operation : row.group(2).split(", ")) {
                rights.add(type + " " + PREFIX + " prefix " + operation);
            }
        }
        Matcher emptied = Pattern.compile("needs Delete on the topics `([^`]+)` and `([^`]+)`")
                .matcher(documentation);
        assertThat(emptied.find())
                .describedAs("the topics that Streams empties")
                .isTrue();
        rights.add("topic " + emptied.group(1) + " literal Delete");
        rights.add("topic " + emptied.group(2) + " literal Delete");
        assertThat(rights).hasSizeGreaterThan(7);
        return rights;
    }

    /** What prompt-ingest needs to put right what somebody has done to topics. */
    static Set<String> toRepair(String documentation) {
        Matcher sentence = Pattern.compile(
                        "needs Alter on its topics, Delete on those that begin with `([^`]+)`, and Delete on the groups")
                .matcher(documentation);
        assertThat(sentence.find()).describedAs("the rights to repair").isTrue();
        return new TreeSet<>(Set.of(
                "topic " + PREFIX + " prefix Alter",
                "topic " + sentence.group(1) + " prefix Delete",
                "group " + PREFIX + " prefix Delete"));
    }
}
