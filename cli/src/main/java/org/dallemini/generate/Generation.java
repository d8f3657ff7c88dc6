package org.dallemini.generate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.events.StoredRendition;
import org.dallemini.generate.ImageOutcome.Failed;
import org.dallemini.generate.ImageOutcome.Stored;
import org.dallemini.lists.PromptPublisher;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.storage.StorageSinkConfig;
import org.jspecify.annotations.Nullable;

/** Draws prompts on a pipeline that runs, and fetches the images into a folder. */
public final class Generation {
    /** More than a record of the topic images can hold. */
    private static final int MAX_PICTURE_BYTES = 64 << 20;

    private Generation() {}

    /**
     * @param settings of the pipeline's broker, registry and object store
     * @param submissions prompts that the validator accepts
     * @param resume whether outcomes of earlier runs count
     * @param ranking that chooses among each prompt's images; empty to keep all
     * @param stopped asked often; the job ends early when it says true
     * @return false if it was stopped before every image had come to an end
     */
    public static boolean run(
            Map<String, String> settings,
            List<RequestedPrompt> submissions,
            boolean resume,
            Path folder,
            Optional<Ranking> ranking,
            GenerateReport report,
            BooleanSupplier stopped) {
        var config = new StorageSinkConfig(settings);
        StageConfig stage = config.stage();
        Topics topics = stage.topics();
        boolean inFile = submissions.stream().anyMatch(submission -> submission.line() > 0);
        try (ObjectStore store = new MinioObjectStore(config.s3());
                var publisher = PromptPublisher.open(stage);
                var outcomes = new OutcomeReader(
                        new KafkaConsumer<>(stage.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                        EventSerdes.deserializer(StoredImage.class, stage.serde()),
                        topics,
                        resume)) {
            var fetcher = new Fetcher(store, new ImageFiles(folder), inFile, ranking, report);
            return new GenerateJob(publisher, outcomes, fetcher, stopped).run(submissions);
        }
    }

    /** Brings each stored image into the folder and reports it. */
    private record Fetcher(
            ObjectStore store, ImageFiles files, boolean inFile, Optional<Ranking> ranking, GenerateReport report)
            implements GenerateJob.Listener {
        @Override
        public void stored(RequestedPrompt submission, Stored outcome, boolean fresh) {
            StoredImage image = outcome.image();
            ImageRequest request = image.getRequest();
            try (InputStream content = store.get(image.getKey())) {
                byte[] picture = content.readNBytes(MAX_PICTURE_BYTES);
                if (picture.length != image.getSize()) {
                    failed(
                            submission,
                            request.getIndex(),
                            "not-fetched",
                            "The object " + image.getKey() + " is not the one of " + image.getSize()
                                    + " bytes that was stored: who else writes to the bucket?");
                    return;
                }
                if (ranking.isPresent()) {
                    ranking.get().stored(submission, image, picture, fresh, kept -> write(submission, kept));
                } else {
                    write(submission, image, picture, fresh, null);
                }
            } catch (ObjectStoreException e) {
                failed(submission, request.getIndex(), "not-fetched", String.valueOf(e.getMessage()));
            } catch (Pictures.UnusableException e) {
                failed(submission, request.getIndex(), "not-ranked", String.valueOf(e.getMessage()));
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "Cannot write the image " + request.getImageId() + ": " + e.getMessage(), e);
            }
        }

        private void write(RequestedPrompt submission, Ranking.Ranked ranked) {
            try {
                write(submission, ranked.image(), ranked.picture(), ranked.fresh(), ranked.score());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** @param rank of the image, for those that are ranked */
        private void write(
                RequestedPrompt submission, StoredImage image, byte[] picture, boolean fresh, @Nullable Double rank)
                throws IOException {
            ImageRequest request = image.getRequest();
            String prefix = inFile ? String.format("%05d-", submission.line()) : "";
            StoredRendition rendition = image.getRendition();
            byte[] wanted = picture;
            String ending = ".png";
            if (rendition != null) {
                try (InputStream content = store.get(rendition.getKey())) {
                    wanted = content.readNBytes(MAX_PICTURE_BYTES);
                }
                ending = rendition.getKey().substring(rendition.getKey().lastIndexOf('.'));
            }
            Path file = files.write(prefix, request.getText(), request.getIndex(), request.getSeed(), ending, wanted);
            report.image(submission, image, file, picture, fresh, rank);
        }

        @Override
        public void failed(RequestedPrompt submission, int index, Failed outcome) {
            failed(submission, index, outcome.code(), outcome.message());
        }

        /** The others of its prompt are ranked without it. */
        private void failed(RequestedPrompt submission, int index, String code, String message) {
            report.failed(submission, index, code, message);
            ranking.ifPresent(it -> it.failed(submission, kept -> write(submission, kept)));
        }

        @Override
        public void progress(int done, int total, int fresh) {
            report.progress(done, total, fresh);
        }
    }
}
