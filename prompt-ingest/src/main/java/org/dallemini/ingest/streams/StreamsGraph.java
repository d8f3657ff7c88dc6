package org.dallemini.ingest.streams;

import java.util.Map;
import org.apache.kafka.streams.Topology;

/**
 * What a Kafka Streams application does.
 *
 * @param repartitions how many partitions each of its repartition topics shall have, by their full names
 */
public record StreamsGraph(Topology topology, Map<String, Integer> repartitions) {
    public StreamsGraph {
        repartitions = Map.copyOf(repartitions);
    }
}
