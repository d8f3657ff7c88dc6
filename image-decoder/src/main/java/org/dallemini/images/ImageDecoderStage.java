package org.dallemini.images;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.config.ModelFit;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.model.ModelHome;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.SessionSettings;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.ImageDecoder;
import org.dallemini.dalle.vqgan.VqganDecoder;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.ModelInfo;
import org.dallemini.filter.ImageFilter;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.Stage;
import org.dallemini.stage.StageDefinition;
import org.dallemini.stage.StageInput;
import org.dallemini.stage.config.ModelSettings;
import org.dallemini.stage.footprint.Footprints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the stage together: image tokens in, PNG files out. */
public final class ImageDecoderStage {
    /** As in the metrics and the default consumer group. */
    public static final String NAME = "image-decoder";

    /** Those who watch ask again soon. */
    private static final Duration PREVIEW_TIMEOUT = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(ImageDecoderStage.class);

    private ImageDecoderStage() {}

    /**
     * Opens the model, which takes longer the first time, and starts the stage.
     *
     * @throws org.dallemini.dalle.model.ModelException if the model cannot be used
     * @throws org.apache.kafka.common.config.ConfigException if a setting is unusable
     * @throws IOException if the model or the cache cannot be read or written
     */
    public static RunningStage start(ImageDecoderConfig config, MeterRegistry registry) throws IOException {
        ModelSettings settings = config.model();
        ModelFolder folder = new ModelFolder(ModelHome.of(settings.modelsDir())
                .resolve(settings.model())
                .toAbsolutePath()
                .normalize());
        ModelCache cache = ModelCache.of(settings.cache());
        Precision precision = config.precision();
        if (Files.exists(folder.bart())) { // a machine that only decodes needs no text model
            ModelFit.require(folder);
        }
        VqganDecoder decoder = VqganDecoder.open(
                folder.vqgan(),
                cache,
                new Sessions(new SessionSettings(settings.device(), settings.threads(), settings.spinning())),
                precision);
        ModelInfo model = ModelInfo.newBuilder()
                .setName(folder.name())
                .setRevision(cache.revision(folder.vqgan()))
                .setPrecision(precision.key())
                .build();
        log.info("Decoding with {} revision {} ({})", model.getName(), model.getRevision(), model.getPrecision());
        ImageFilter filter = ImageFilter.open(config.filter(), registry);
        Footprints footprints = Footprints.of(config.stage(), NAME, registry);
        Quarantine quarantine = config.quarantine()
                .<Quarantine>map(bucket -> QuarantineKeeper.start(config.stage(), bucket, config.quarantineRetention()))
                .orElse(Quarantine.NONE);
        DecodeEngine engine = engine(decoder, filter, quarantine, model, footprints, registry);
        PreviewEndpoint previews =
                new PreviewEndpoint(engine::preview, filter, decoder.rows(), decoder.columns(), PREVIEW_TIMEOUT);
        return new DecoderStage(
                Stage.start(config.stage(), definition(config.stage().topics(), engine), registry), previews);
    }

    private static DecodeEngine engine(
            ImageDecoder decoder,
            ImageFilter filter,
            Quarantine quarantine,
            ModelInfo model,
            Footprints footprints,
            MeterRegistry registry) {
        return DecodeEngine.start(
                decoder,
                filter,
                quarantine,
                new GeneratedImages(model),
                footprints,
                new DecodeMeters(registry, model),
                Clock.systemUTC(),
                Backoff::new);
    }

    /**
     * The stage around any decoder, without previews and quarantine.
     *
     * @param filter closed with the stage
     * @param model as the results name it
     * @param footprints estimates what the images take
     */
    public static StageDefinition<ImageTokens, GeneratedImage> definition(
            Topics topics,
            ImageDecoder decoder,
            ImageFilter filter,
            ModelInfo model,
            Footprints footprints,
            MeterRegistry registry) {
        return definition(topics, engine(decoder, filter, Quarantine.NONE, model, footprints, registry));
    }

    static StageDefinition<ImageTokens, GeneratedImage> definition(Topics topics, DecodeEngine engine) {
        return new StageDefinition<>(
                NAME,
                List.of(new StageInput(topics.imageTokens())),
                ImageTokens.class,
                topics.images(),
                image -> image.getRequest().getImageId(),
                engine);
    }
}
