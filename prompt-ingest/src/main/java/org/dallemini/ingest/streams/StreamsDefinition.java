package org.dallemini.ingest.streams;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.tracing.Tracing;

/**
 * What makes a Kafka Streams application a stage.
 *
 * @param config the settings that every stage has
 * @param name the stage's, as in metrics
 * @param applicationId its consumer group, and the first part of the names of its internal topics
 * @param graph makes a fresh one, given what there is of {@code topics} and {@code internal}: Kafka Streams changes the
 *     one it is given, and may have to be started again
 * @param topics must exist before it can run
 * @param internal topics of its own that the graph has to know of, by their full names
 * @param rebuilds whether its state is made anew from its sources where it is lost: reading them again does no harm
 * @param stateDir local state lies in a folder in it
 * @param defaults settings of Kafka Streams for this stage; the user's are stronger
 * @param registryRetry with which the topology waits for the schema registry
 * @param tracing with which it begins spans; closed with the stage
 */
public record StreamsDefinition(
        StageConfig config,
        String name,
        String applicationId,
        Function<TopicSnapshot, StreamsGraph> graph,
        List<String> topics,
        List<String> internal,
        boolean rebuilds,
        Path stateDir,
        Map<String, Object> defaults,
        RegistryRetry registryRetry,
        Tracing tracing) {
    public StreamsDefinition {
        topics = List.copyOf(topics);
        internal = List.copyOf(internal);
        defaults = Map.copyOf(defaults);
    }
}
