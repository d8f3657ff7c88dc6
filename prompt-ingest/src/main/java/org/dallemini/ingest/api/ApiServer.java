package org.dallemini.ingest.api;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.PromptValidator;
import org.dallemini.ingest.gallery.RecentImages;
import org.dallemini.ingest.gallery.StoredImagesReader;
import org.dallemini.ingest.http.Access;
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
import org.dallemini.stage.Failures;
import org.dallemini.stage.Health;
import org.dallemini.stage.Health.State;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.commands.JobCommandPublisher;
import org.dallemini.stage.config.StageConfig;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the HTTP API until it is closed. */
public final class ApiServer implements RunningStage {
    /** As in the readiness page. */
    public static final String NAME = "api";

    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final int MOST_CONNECTIONS = 512;
    private static final int MOST_THREADS = 32;
    private static final int MOST_HEADER_BYTES = 8 << 10;
    private static final Duration IDLE = Duration.ofSeconds(30);

    /** Requests that are being answered get as long when it stops. */
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private static final int ID_BYTES = 16;

    private final Server server;
    private final ServerConnector connector;
    private final RoutingHandler handler;
    private final Runnable whenClosing;
    private final Runnable whenClosed;
    private final CountDownLatch ended = new CountDownLatch(1);

    private ApiServer(
            Server server,
            ServerConnector connector,
            RoutingHandler handler,
            Runnable whenClosing,
            Runnable whenClosed) {
        this.server = server;
        this.connector = connector;
        this.handler = handler;
        this.whenClosing = whenClosing;
        this.whenClosed = whenClosed;
    }

    /**
     * Starts the server at {@code api.host} and {@code api.port}; empty if the port is -1.
     *
     * @param obstacle why prompts cannot be taken in at present, for people; empty if they can
     * @throws ConfigException if the address cannot be listened on, the keys cannot be read, or there are none and the
     *     address is no loopback address
     */
    public static Optional<ApiServer> start(PromptIngestConfig config, Jobs jobs, Supplier<Optional<String>> obstacle) {
        StageConfig settings = config.stage();
        String host = settings.getString(PromptIngestConfig.API_HOST);
        int port = settings.getInt(PromptIngestConfig.API_PORT);
        if (port < 0) {
            return Optional.empty();
        }
        Optional<ModelCard> card = config.modelCard();
        Optional<PresignedUrls> presigned = config.presignedUrls();
        Access access = access(host, settings.getString(PromptIngestConfig.API_KEYS_FILE));
        int maxBytes = settings.getInt(PromptIngestConfig.API_MAX_BODY_BYTES);
        SecureRandom random = new SecureRandom();
        Supplier<String> freshId = () -> freshId(random);
        SubmissionParser parser = new SubmissionParser(
                new PromptValidator(config.limits()),
                maxBytes,
                settings.getInt(PromptIngestConfig.API_MAX_PROMPTS),
                freshId,
                config.webhooks().<WebhookRules>map(rules -> rules).orElse(WebhookRules.NONE));
        JobPublisher publisher = new IntakeGate(new KafkaJobPublisher(settings), obstacle);
        Optional<ObjectStore> store = config.s3().map(MinioObjectStore::new);
        QueueWatch queue = new QueueWatch(InstantSource.system());
        QueueLimit queueLimit = new QueueLimit(settings.getLong(PromptIngestConfig.API_MAX_QUEUED_IMAGES));
        JobSweep sweep = JobSweep.start(jobs, List.of(queue, queueLimit));
        Admission admission = new Admission(
                new RateLimit(settings.getInt(PromptIngestConfig.API_RATE_PER_MINUTE), System::nanoTime),
                queueLimit,
                settings.getInt(PromptIngestConfig.API_MAX_WAITING));
        AcceptedJobs accepted = new AcceptedJobs(jobs, InstantSource.system());
        NewestJobs newest = new NewestJobs(jobs);
        JobResource submitting =
                new JobResource(parser, publisher, accepted, newest, admission, InstantSource.system());
        ImageResource images = new ImageResource(accepted, store, presigned);
        JobCommandPublisher commands = new JobCommandPublisher(settings);
        JobWatch watch = new JobWatch(jobs);
        Previews previews = new Previews(System::nanoTime);
        JobEvents events = new JobEvents(jobs, watch, previews, images::json, JobEvents.Timing.DEFAULT);
        Generations generations = new Generations(
                new GenerationParser(
                        new JsonReader(maxBytes),
                        config.limits(),
                        config.imageSizes(),
                        presigned.isPresent() || access instanceof LoopbackAccess),
                submitting,
                jobs,
                watch,
                images,
                presigned.isPresent() ? ImageUrls.ofBucket(images) : ImageUrls.ofApi(),
                admission,
                freshId,
                config.waitTimeout());
        int recentImages = settings.getInt(PromptIngestConfig.GALLERY_IMAGES);
        RecentImages recent = new RecentImages(recentImages);
        List<Route> routes = new ArrayList<>();
        routes.addAll(JobRoutes.of(submitting, images, queue::estimate));
        routes.addAll(ControlRoutes.of(
                new JobControl(submitting, commands::publish, new KafkaJobRetries(settings), InstantSource.system())));
        routes.addAll(events.routes());
        routes.add(new PreviewResource(previews, new PreviewPictures(config.previewDecoders())).route());
        routes.add(new GalleryResource(recent, jobs, images).route());
        DrawingModel model = new DrawingModel(
                card, () -> recent.last().map(image -> image.getTokenModel().getName()));
        routes.addAll(OpenAiRoutes.of(generations, model));
        routes.add(model.route());
        routes.add(OpenApi.route());
        routes.addAll(PageRoutes.of());
        JobsReader jobsReader = JobsReader.start(settings, newest);
        StoredImagesReader reader = StoredImagesReader.start(settings, recent, recentImages, previews::forget);
        Optional<PreviewsReader> previewsReader = config.previewDecoders().isEmpty()
                ? Optional.empty()
                : Optional.of(PreviewsReader.start(settings, previews));
        Runnable whenClosing = () -> {
            events.close();
            generations.close();
        };
        RoutingHandler handler =
                new RoutingHandler(routes, access, maxBytes, config.origins(), List.of(OpenAiRoutes.area()));
        return Optional.of(listen(host, port, handler, whenClosing, () -> {
            jobsReader.close();
            reader.close();
            previewsReader.ifPresent(PreviewsReader::close);
            watch.close();
            sweep.close();
            publisher.close();
            commands.close();
            store.ifPresent(ObjectStore::close);
        }));
    }

    private static Access access(String host, String keysFile) {
        boolean isLoopback = isLoopback(host);
        if (!keysFile.isEmpty()) {
            if (!isLoopback) {
                LOG.warn("The API on {} speaks plain HTTP, keys included: put a proxy that speaks TLS before it", host);
            }
            return KeyAccess.of(Path.of(keysFile));
        }
        if (!isLoopback) {
            throw new ConfigException(
                    PromptIngestConfig.API_HOST,
                    host,
                    "is no loopback address, and without api.keys.file anybody could submit jobs there: make a key with"
                            + " 'dallemini keys create' and set api.keys.file, or set api.host=127.0.0.1, or"
                            + " api.port=-1 to switch the API off");
        }
        return new LoopbackAccess();
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new ConfigException(PromptIngestConfig.API_HOST, host, "is no address of this machine");
        }
    }

    /** 128 random bits: two processes never draw the same. */
    private static String freshId(SecureRandom random) {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /**
     * @param whenClosing ends what would be waited for
     * @param whenClosed runs when nothing is answered any more
     */
    static ApiServer listen(String host, int port, RoutingHandler handler, Runnable whenClosing, Runnable whenClosed) {
        QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS, 2);
        threads.setName(NAME);
        threads.setDaemon(true);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(MOST_HEADER_BYTES);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE.toMillis());
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, connector));
        server.setHandler(new GracefulHandler(handler));
        server.setErrorHandler(handler::error);
        server.setStopTimeout(FAREWELL.toMillis());
        ApiServer api = new ApiServer(server, connector, handler, whenClosing, whenClosed);
        try {
            server.start();
            LOG.info("The API is served on {}", api.url());
            return api;
        } catch (Exception e) {
            api.close();
            throw new ConfigException("Cannot listen on " + host + ":" + port + " (" + Failures.describe(e)
                    + "): set api.port to a free port, 0 for any, -1 for none");
        }
    }

    /** All that can be asked for. */
    List<Route> routes() {
        return handler.routes();
    }

    /** The port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** For example {@code http://127.0.0.1:8080/v1/jobs}. */
    public String url() {
        String host = String.valueOf(connector.getHost());
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port() + "/v1/jobs";
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Health health() {
        if (ended.getCount() == 0) {
            return new Health(State.STOPPED, "");
        }
        return server.isRunning()
                ? new Health(State.RUNNING, "")
                : new Health(State.FAILED, "The HTTP server does not run");
    }

    @Override
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        try {
            whenClosing.run();
            server.stop();
        } catch (Exception e) {
            LOG.warn("The API did not stop cleanly: {}", Failures.describe(e));
        } finally {
            whenClosed.run();
            ended.countDown();
        }
    }
}
