package org.dallemini.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;

/**
 * Prompts for a given number of images: of both lanes, of one to three images each, the same for the same seed.
 *
 * @param list in the order of publication
 */
record ChaosPrompts(List<PromptRequest> list) {
    private static final List<String> COLOURS = List.of("red", "blue", "green", "yellow", "black", "white", "purple");
    private static final List<String> SHAPES = List.of("circle", "square", "triangle", "star", "heart", "ring");
    private static final int MAX_IMAGES = 3;

    static ChaosPrompts of(int images, Random random) {
        var list = new ArrayList<PromptRequest>();
        for (int left = images; left > 0; ) {
            int count = Math.min(left, 1 + random.nextInt(MAX_IMAGES));
            left -= count;
            list.add(PromptRequest.newBuilder()
                    .setId("prompt-" + list.size())
                    .setText("a " + any(COLOURS, random) + " " + any(SHAPES, random) + " on a " + any(COLOURS, random)
                            + " background")
                    .setSeed((long) random.nextInt(1_000_000))
                    .setCount(count)
                    .setLane(random.nextBoolean() ? Lane.BULK : Lane.INTERACTIVE)
                    .setLabels(Map.of("run", "chaos"))
                    .build());
        }
        return new ChaosPrompts(List.copyOf(list));
    }

    private static String any(List<String> words, Random random) {
        return words.get(random.nextInt(words.size()));
    }

    int images() {
        return list.stream().mapToInt(PromptRequest::getCount).sum();
    }

    /** Publishes them piece by piece. */
    Publisher publisher(StageConfig config) {
        return new Publisher(config);
    }

    final class Publisher implements AutoCloseable {
        private final String topic;
        private final KafkaProducer<String, PromptRequest> producer;
        private final List<Future<RecordMetadata>> sent = new ArrayList<>();

        private Publisher(StageConfig config) {
            topic = config.topics().prompts();
            producer = new KafkaProducer<>(
                    config.producer(), new StringSerializer(), EventSerdes.<PromptRequest>serializer(config.serde()));
        }

        /** Sends the next prompts until that share of all is on its way. */
        void publishUpTo(double share) {
            long goal = Math.round(list.size() * Math.min(1, share));
            while (sent.size() < goal) {
                PromptRequest prompt = list.get(sent.size());
                sent.add(producer.send(new ProducerRecord<>(topic, prompt.getId(), prompt)));
            }
        }

        /** How many images have been asked for. */
        int images() {
            return list.stream()
                    .limit(sent.size())
                    .mapToInt(PromptRequest::getCount)
                    .sum();
        }

        /** Waits until Kafka has accepted all. */
        void finish() throws InterruptedException, ExecutionException {
            publishUpTo(1);
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }

        @Override
        public void close() {
            producer.close();
        }
    }
}
