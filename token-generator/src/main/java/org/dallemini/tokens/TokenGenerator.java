package org.dallemini.tokens;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.config.ModelFit;
import org.dallemini.dalle.drawing.ContinuousBatch;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.model.ModelHome;
import org.dallemini.dalle.session.SessionSettings;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.text.TextProcessor;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.ModelInfo;
import org.dallemini.filter.ImageFilter;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.Engine;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.Stage;
import org.dallemini.stage.StageDefinition;
import org.dallemini.stage.StageInput;
import org.dallemini.stage.commands.JobCommandFollower;
import org.dallemini.stage.config.ModelSettings;
import org.dallemini.stage.footprint.Footprints;
import org.dallemini.tokens.batch.Cancellations;
import org.dallemini.tokens.batch.LaneShares;
import org.dallemini.tokens.batch.PictureEncoder;
import org.dallemini.tokens.batch.PreviewSchedule;
import org.dallemini.tokens.batch.TokenBatcher;
import org.dallemini.tokens.batch.TokenRecords;
import org.dallemini.tokens.batch.VqganPictures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stage that reads {@code image-requests} and {@code image-requests.bulk} and draws the image tokens of each
 * request with a DALL·E BART, many at a time.
 */
public final class TokenGenerator {
    /** As in metrics and the default consumer group. */
    public static final String NAME = "token-generator";

    private static final Logger log = LoggerFactory.getLogger(TokenGenerator.class);
    private static final int MIN_BATCH = 8, PER_PROCESSOR = 8, MAX_BATCH = 32;

    private TokenGenerator() {}

    /**
     * Opens the model, which takes a while the first time, and starts the stage.
     *
     * @throws ModelException if the model cannot be used
     * @throws ConfigException if a setting is unusable
     * @throws IOException if files cannot be read, or the model cache not be written
     */
    public static RunningStage start(TokenGeneratorConfig config, MeterRegistry metrics) throws IOException {
        return Stage.start(config.stage(), definition(config.stage().topics(), engine(config, metrics)), metrics);
    }

    /** The stage around any engine. */
    public static StageDefinition<ImageRequest, ImageTokens> definition(
            Topics topics, Engine<ImageRequest, ImageTokens> engine) {
        return new StageDefinition<>(
                NAME,
                List.of(new StageInput(topics.imageRequests()), new StageInput(topics.bulkImageRequests())),
                ImageRequest.class,
                topics.imageTokens(),
                tokens -> tokens.getRequest().getImageId(),
                engine);
    }

    private static TokenBatcher engine(TokenGeneratorConfig config, MeterRegistry metrics) throws IOException {
        ModelSettings settings = config.model();
        ModelFolder folder =
                ModelFolder.openText(ModelHome.of(settings.modelsDir()).resolve(settings.model()));
        if (Files.exists(folder.vqgan())) {
            ModelFit.require(folder);
        }
        Path checkpoint = folder.bart();
        // First: a wrong tokenizer shows in a moment, converting the weights may take a minute
        TextProcessor prompts = TextProcessor.open(checkpoint, BartConfig.read(checkpoint));
        Sessions sessions =
                new Sessions(new SessionSettings(settings.device(), settings.threads(), settings.spinning()));
        BartModel model;
        try {
            model = BartModel.open(checkpoint, ModelCache.of(settings.cache()), sessions, config.precision());
        } catch (IOException | RuntimeException e) {
            prompts.close();
            throw e;
        }
        try {
            LaneShares shares =
                    config.shares(automaticSlots(model.config()), model.config().imageLength());
            TokenRecords records = new TokenRecords(
                    model.defaults(),
                    new ModelInfo(
                            folder.name(), model.revision(), model.precision().key()),
                    model.config());
            ContinuousBatch batch = batch(model, prompts, shares.slots());
            JobCommandFollower commands = JobCommandFollower.start(config.stage());
            int previewTokens = config.previewTokens(model.config().imageLength());
            PreviewPublisher publisher = PreviewPublisher.toKafka(config.stage(), metrics);
            PictureEncoder pictures = new VqganPictures(
                    folder.vqgan(),
                    ModelCache.of(settings.cache()),
                    sessions,
                    model.config().imageLength(),
                    () -> ImageFilter.open(config.filter(), metrics));
            Footprints footprints = Footprints.of(config.stage(), NAME, metrics);
            TokenBatcher engine = new TokenBatcher(
                    new TokenBatcher.Model(batch, records, pictures, footprints, () -> {
                        commands.close();
                        publisher.close();
                        prompts.close();
                        model.close();
                    }),
                    shares,
                    cancellations(commands),
                    new PreviewSchedule(records, previewTokens, config.previewLanes(), publisher),
                    metrics,
                    Clock.systemUTC());
            log.info(
                    "Model {} ({}) draws up to {} images at a time",
                    folder.name(),
                    model.precision().key(),
                    shares.slots());
            return engine;
        } catch (RuntimeException e) {
            prompts.close();
            model.close();
            throw e;
        }
    }

    private static Cancellations cancellations(JobCommandFollower commands) {
        return new Cancellations() {
            @Override
            public boolean isCanceled(String jobId) {
                return commands.isCanceled(jobId);
            }

            @Override
            public String trouble() {
                return commands.trouble();
            }
        };
    }

    private static ContinuousBatch batch(BartModel model, TextProcessor prompts, int slots) {
        try {
            return ContinuousBatch.of(model, prompts, slots);
        } catch (OutOfMemoryError e) {
            throw new ModelException(
                    "a batch of " + slots + " images needs " + (ContinuousBatch.bytes(model.config(), slots) >> 20)
                            + " MB outside of the heap; set " + TokenGeneratorConfig.BATCH_SIZE
                            + " lower or -XX:MaxDirectMemorySize higher",
                    e);
        }
    }

    /** Memory outside of the heap is limited to the size of the heap unless the JVM is told otherwise. */
    private static int automaticSlots(BartConfig config) {
        int processors = Runtime.getRuntime().availableProcessors();
        int wanted = Math.max(MIN_BATCH, Math.min(MAX_BATCH, PER_PROCESSOR * processors));
        long memory = Runtime.getRuntime().maxMemory() / 2;
        while (wanted > 1 && ContinuousBatch.bytes(config, wanted) > memory) {
            wanted--;
        }
        return wanted;
    }
}
