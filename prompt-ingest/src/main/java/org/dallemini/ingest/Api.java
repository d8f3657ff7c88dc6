package org.dallemini.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.ingest.ApiSettings.Limits;
import org.dallemini.ingest.ApiSettings.Listener;
import org.dallemini.ingest.api.AcceptedJobs;
import org.dallemini.ingest.api.Admission;
import org.dallemini.ingest.api.CallerFilter;
import org.dallemini.ingest.api.ControlRoutes;
import org.dallemini.ingest.api.DeletedJobsGate;
import org.dallemini.ingest.api.DeletionRoutes;
import org.dallemini.ingest.api.FavouriteRoutes;
import org.dallemini.ingest.api.FilterModes;
import org.dallemini.ingest.api.GalleryResource;
import org.dallemini.ingest.api.ImageDeletions;
import org.dallemini.ingest.api.ImageResource;
import org.dallemini.ingest.api.IntakeGate;
import org.dallemini.ingest.api.JobControl;
import org.dallemini.ingest.api.JobEvents;
import org.dallemini.ingest.api.JobPublisher;
import org.dallemini.ingest.api.JobResource;
import org.dallemini.ingest.api.JobRoutes;
import org.dallemini.ingest.api.JsonReader;
import org.dallemini.ingest.api.KafkaImageDeletions;
import org.dallemini.ingest.api.KafkaJobPublisher;
import org.dallemini.ingest.api.KafkaJobRetries;
import org.dallemini.ingest.api.KafkaRefusalLog;
import org.dallemini.ingest.api.KeyAccess;
import org.dallemini.ingest.api.LiveRenditions;
import org.dallemini.ingest.api.LoopbackAccess;
import org.dallemini.ingest.api.OpenApi;
import org.dallemini.ingest.api.PreviewResource;
import org.dallemini.ingest.api.PromptCheck;
import org.dallemini.ingest.api.QueueLimit;
import org.dallemini.ingest.api.RateLimit;
import org.dallemini.ingest.api.SubmissionParser;
import org.dallemini.ingest.gallery.Favourites;
import org.dallemini.ingest.gallery.FavouritesReader;
import org.dallemini.ingest.gallery.KafkaJournal;
import org.dallemini.ingest.gallery.RecentImages;
import org.dallemini.ingest.gallery.StoredImagesReader;
import org.dallemini.ingest.http.Access;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.Route;
import org.dallemini.ingest.http.RoutingHandler;
import org.dallemini.ingest.jobs.JobSweep;
import org.dallemini.ingest.jobs.JobWatch;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.ingest.jobs.JobsReader;
import org.dallemini.ingest.jobs.NewestJobs;
import org.dallemini.ingest.jobs.QueueWatch;
import org.dallemini.ingest.model.DrawingModel;
import org.dallemini.ingest.model.ModelCard;
import org.dallemini.ingest.openai.FormParser;
import org.dallemini.ingest.openai.GenerationParser;
import org.dallemini.ingest.openai.Generations;
import org.dallemini.ingest.openai.ImageUrls;
import org.dallemini.ingest.openai.OpenAiRoutes;
import org.dallemini.ingest.page.PageRoutes;
import org.dallemini.ingest.previews.PreviewPictures;
import org.dallemini.ingest.previews.Previews;
import org.dallemini.ingest.previews.PreviewsReader;
import org.dallemini.ingest.webhooks.WebhookRules;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.PresignedUrls;
import org.dallemini.policy.PromptFilter;
import org.dallemini.renditions.Renditions;
import org.dallemini.stage.TopicFollower;
import org.dallemini.stage.commands.JobCommandFollower;
import org.dallemini.stage.commands.JobCommandPublisher;
import org.dallemini.stage.config.FilterMode;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.moderation.Releases;
import org.dallemini.stage.tracing.Tracing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the HTTP API together. */
public final class Api {
    private static final Logger log = LoggerFactory.getLogger(Api.class);
    private static final int ID_BYTES = 16;

    private Api() {}

    /**
     * Starts the server at {@code api.host} and {@code api.port}; empty if the port is -1.
     *
     * @param obstacle why prompts cannot be taken in at present, for people; empty if they can
     * @throws ConfigException if the address cannot be listened on, the keys cannot be read, or there are none and the
     *     address is no loopback address
     */
    public static Optional<ApiServer> start(
            PromptIngestConfig config, Jobs jobs, Supplier<Optional<String>> obstacle, MeterRegistry meters) {
        StageConfig settings = config.stage();
        ApiSettings api = config.api();
        Listener listener = api.listener();
        if (listener.port() < 0) {
            return Optional.empty();
        }
        Optional<ModelCard> card = api.modelCard();
        Optional<PresignedUrls> presigned = config.presignedUrls();
        FilterModes modes =
                new FilterModes(config.promptFilter(), Releases.of(settings).arePossible());
        Access access = access(listener, modes);
        Limits limits = api.limits();
        SecureRandom random = new SecureRandom();
        Supplier<String> freshId = () -> freshId(random);
        KafkaRefusalLog refusals = new KafkaRefusalLog(settings, freshId, InstantSource.system(), meters);
        PromptCheck check = new CallerFilter(
                modes,
                access instanceof KeyAccess ? EnumSet.allOf(FilterMode.class) : EnumSet.of(modes.own()),
                mode -> config.validator(mode, PromptFilter.Door.API, meters),
                refusals);
        SubmissionParser parser = new SubmissionParser(
                check,
                limits.bodyBytes(),
                limits.prompts(),
                freshId,
                config.webhooks().<WebhookRules>map(rules -> rules).orElse(WebhookRules.NONE));
        JobCommandFollower commanded = JobCommandFollower.start(settings);
        AcceptedJobs accepted = new AcceptedJobs(jobs, InstantSource.system());
        JobPublisher publisher = new DeletedJobsGate(
                new IntakeGate(new KafkaJobPublisher(settings), obstacle),
                jobId -> commanded.isDeleted(jobId) || accepted.isDeleted(jobId));
        RecentImages recent = new RecentImages(config.galleryImages());
        Previews previews = new Previews(System::nanoTime);
        KafkaJournal journal = new KafkaJournal(settings);
        Favourites favourites = new Favourites(journal);
        ImageDeletions deletions = new KafkaImageDeletions(settings, imageId -> {
            recent.forget(imageId);
            favourites.whenDeleted(imageId);
            previews.forget(imageId);
        });
        Optional<ObjectStore> store = config.s3().map(MinioObjectStore::new);
        QueueWatch queue = new QueueWatch(InstantSource.system());
        QueueLimit queueLimit = new QueueLimit(limits.queuedImages());
        JobSweep sweep = JobSweep.start(jobs, List.of(queue, queueLimit));
        Admission admission = new Admission(
                new RateLimit(limits.requestsPerMinute(), System::nanoTime), queueLimit, limits.waiting());
        NewestJobs newest = new NewestJobs(jobs);
        JobResource submitting =
                new JobResource(parser, publisher, accepted, newest, admission, InstantSource.system());
        ImageResource images =
                new ImageResource(accepted, store, presigned, deletions, favourites, InstantSource.system());
        JobCommandPublisher commands = new JobCommandPublisher(settings);
        JobWatch watch = new JobWatch(accepted);
        PreviewPictures pictures = new PreviewPictures(config.previewDecoders());
        JobEvents events = new JobEvents(accepted, watch, previews, images::json, JobEvents.Timing.DEFAULT);
        GenerationParser generationParser = new GenerationParser(
                new JsonReader(limits.bodyBytes()),
                config.limits(),
                check,
                api.images(),
                presigned.isPresent() || access instanceof LoopbackAccess);
        Generations generations = new Generations(
                generationParser,
                new FormParser(generationParser, api.images()),
                submitting,
                jobs,
                watch,
                images,
                presigned.isPresent() ? ImageUrls.ofBucket(images) : ImageUrls.ofApi(),
                previews,
                pictures,
                admission,
                freshId,
                api.waitTimeout());
        JobControl control =
                new JobControl(submitting, commands::publish, new KafkaJobRetries(settings), InstantSource.system());
        List<Route> routes = new ArrayList<>();
        routes.addAll(JobRoutes.of(submitting, images, new LiveRenditions(renditions(settings)), queue::estimate));
        routes.addAll(ControlRoutes.of(control));
        routes.addAll(DeletionRoutes.of(control, images, recent));
        routes.addAll(FavouriteRoutes.of(images));
        routes.addAll(events.routes());
        routes.add(new PreviewResource(previews, pictures).route());
        routes.add(new GalleryResource(recent, jobs, images).route());
        DrawingModel model = new DrawingModel(
                card, () -> recent.last().map(image -> image.getTokenModel().getName()));
        routes.addAll(OpenAiRoutes.of(generations, model));
        routes.add(model.route());
        routes.add(OpenApi.route());
        routes.addAll(PageRoutes.of());
        List<TopicFollower<?>> followers = new ArrayList<>();
        followers.add(JobsReader.start(settings, newest));
        followers.add(StoredImagesReader.start(settings, recent, config.galleryImages(), previews::forget));
        followers.add(FavouritesReader.start(settings, favourites, deletions::contains));
        if (!config.previewDecoders().isEmpty()) {
            followers.add(PreviewsReader.start(settings, previews, deletions::contains));
        }
        Runnable whenClosing = () -> {
            events.close();
            generations.close();
        };
        Tracing tracing = Tracing.of(settings, PromptIngest.NAME);
        RoutingHandler handler = new RoutingHandler(
                routes, access, limits.bodyBytes(), api.origins(), List.of(OpenAiRoutes.area()), tracing);
        return Optional.of(ApiServer.listen(listener.host(), listener.port(), handler, whenClosing, () -> {
            followers.forEach(TopicFollower::close);
            watch.close();
            sweep.close();
            publisher.close();
            refusals.close();
            commands.close();
            commanded.close();
            deletions.close();
            journal.close();
            store.ifPresent(ObjectStore::close);
            tracing.close();
        }));
    }

    private static Access access(Listener listener, FilterModes modes) {
        String host = listener.host();
        boolean isLoopback = isLoopback(host);
        if (!listener.keysFile().isEmpty()) {
            if (!isLoopback) {
                log.warn("The API on {} speaks plain HTTP, keys included: put a proxy that speaks TLS before it", host);
            }
            return KeyAccess.of(Path.of(listener.keysFile()), modes);
        }
        if (!isLoopback) {
            throw new ConfigException(
                    ApiSettings.HOST,
                    host,
                    "is no loopback address, and without api.keys.file anybody could submit jobs there: make a key with"
                            + " 'dallemini keys create' and set api.keys.file, or set api.host=127.0.0.1, or"
                            + " api.port=-1 to switch the API off");
        }
        return new LoopbackAccess();
    }

    private static Renditions renditions(StageConfig settings) {
        try {
            return Renditions.of(settings.getString(ApiSettings.UPSCALE_MODEL));
        } catch (IOException | InvalidPathException e) {
            throw new ConfigException(ApiSettings.UPSCALE_MODEL + ": " + e.getMessage());
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new ConfigException(ApiSettings.HOST, host, "is no address of this machine");
        }
    }

    /** 128 random bits: two processes never draw the same. */
    private static String freshId(SecureRandom random) {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
