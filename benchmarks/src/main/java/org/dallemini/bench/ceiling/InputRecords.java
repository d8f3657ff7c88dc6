package org.dallemini.bench.ceiling;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.bench.common.Events;
import org.dallemini.dalle.png.PngText;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.schemas.Hashes;
import org.dallemini.schemas.Ids;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;

/** Fills the input topic of a stage before it starts. */
final class InputRecords {
    private static final int PICTURES = 16;

    private final SplittableRandom random = new SplittableRandom(7);
    private final List<byte[]> files = new ArrayList<>();
    private final List<String> hashes = new ArrayList<>();

    InputRecords() {
        try (var pixels = new MadeUpPixels()) {
            for (int i = 0; i < PICTURES; i++) {
                byte[] png =
                        PngWriter.write(pixels.decode(new int[] {i}), List.of(new PngText("Software", "benchmarks")));
                files.add(png);
                hashes.add(Hashes.hex(png));
            }
        }
    }

    /** Writes so many records, each of an image of its own, evenly over the partitions. */
    void fill(StageConfig config, PipelineStage stage, int partitions, int images) {
        Map<String, Object> settings = config.producer();
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 20);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 1 << 17);
        var failure = new AtomicReference<Exception>();
        try (var producer = new KafkaProducer<>(
                settings, new StringSerializer(), EventSerdes.<SpecificRecord>serializer(config.serde()))) {
            String topic = stage.input(config.topics());
            for (int i = 0; i < images; i++) {
                ImageRequest request = request(config.topics().prefix() + i);
                producer.send(
                        new ProducerRecord<>(topic, i % partitions, request.getImageId(), record(stage, request, i)),
                        (metadata, error) -> {
                            if (error != null) {
                                failure.set(error);
                            }
                        });
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException(
                    "the input cannot be written: " + failure.get().getMessage());
        }
    }

    /** @param prompt no other run has one of this id: the store knows its images */
    private static ImageRequest request(String prompt) {
        return ImageRequest.newBuilder(Events.imageRequest())
                .setPromptId(prompt)
                .setImageId(Ids.imageId(prompt, 0))
                .setCount(1)
                .build();
    }

    private SpecificRecord record(PipelineStage stage, ImageRequest request, int number) {
        return switch (stage) {
            case TOKEN_GENERATOR -> request;
            case IMAGE_DECODER ->
                ImageTokens.newBuilder(Events.imageTokens())
                        .setRequest(request)
                        .setTokens(MadeUpTokens.draw(random))
                        .build();
            case STORAGE_SINK ->
                GeneratedImage.newBuilder(Events.generatedImage())
                        .setRequest(request)
                        .setData(ByteBuffer.wrap(files.get(number % PICTURES)))
                        .setSha256(hashes.get(number % PICTURES))
                        .build();
        };
    }
}
