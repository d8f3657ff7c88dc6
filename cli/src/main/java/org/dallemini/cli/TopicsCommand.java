package org.dallemini.cli;

import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.stage.Durability;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan;
import org.dallemini.stage.topics.TopicPlan.Result;
import picocli.CommandLine.Command;

/** {@code dallemini topics}: the pipeline's topics on a cluster. */
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        description = "Creates the pipeline's topics, and compares them with what the cluster has.",
        subcommands = {TopicsCommand.Apply.class, TopicsCommand.Check.class})
final class TopicsCommand extends CommandGroup {
    /** What both have in common. */
    abstract static class Action extends ConfiguredAction {
        /** Prints a line a topic, and where they are less durable than the guarantees assume. */
        List<Result> ask(BiFunction<TopicPlan, Admin, List<Result>> question) {
            var stage = new StageConfig(StageConfig.definition(), values());
            try (Admin admin = KafkaClients.admin(stage)) {
                List<Result> topics = question.apply(TopicPlan.of(stage), admin);
                topics.forEach(topic -> {
                    System.out.printf(
                            "%-40s %s%n", topic.topic(), topic.status().name().toLowerCase(Locale.ROOT));
                    topic.differences().forEach(difference -> System.out.println("    " + difference));
                });
                TopicPlan.shortfalls(topics, admin, new Durability(stage))
                        .forEach(text -> System.out.println("durability: " + text));
                return topics;
            }
        }
    }

    @Command(
            name = "apply",
            mixinStandardHelpOptions = true,
            description =
                    "Creates the topics that are missing; safe to repeat. Topics that differ are left as they are.")
    static final class Apply extends Action {
        @Override
        public Integer call() {
            ask(TopicPlan::apply);
            return ExitCode.OK;
        }
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Says which topics are missing or differ; ends with 1 if any does.")
    static final class Check extends Action {
        @Override
        public Integer call() {
            return ask(TopicPlan::check).stream().allMatch(topic -> topic.status() == TopicPlan.Status.UNCHANGED)
                    ? ExitCode.OK
                    : ExitCode.FAILURE;
        }
    }
}
