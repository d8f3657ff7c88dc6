package org.dallemini.models.pull;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.dallemini.dalle.model.ModelHome;
import org.dallemini.models.pull.PullException.Kind;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.objects.S3Config;
import org.dallemini.objects.S3Settings;

/** Pulls a model from wherever it is. */
public final class ModelPull {
    private static final String BART = "dalle-bart", VQGAN = "vqgan";
    private static final Duration STALL = Duration.ofSeconds(60);

    private final ModelHome home;
    private final boolean allowHttp;
    private final Retry retry;
    private final Duration stall;
    private final PullProgress progress;

    /**
     * @param home where models go
     * @param allowHttp whether addresses may be plain http
     * @param stopped asked often; true to end with {@link Kind#INTERRUPTED}
     */
    public ModelPull(ModelHome home, boolean allowHttp, BooleanSupplier stopped, PullProgress progress) {
        this(home, allowHttp, stopped, progress, Retry.Pauses.USUAL, STALL);
    }

    /** For tests. */
    ModelPull(
            ModelHome home,
            boolean allowHttp,
            BooleanSupplier stopped,
            PullProgress progress,
            Retry.Pauses pauses,
            Duration stall) {
        this.home = home;
        this.allowHttp = allowHttp;
        this.retry = new Retry(pauses, stopped, progress::say);
        this.stall = stall;
        this.progress = progress;
    }

    /**
     * Fetches a model, unless the same is there already.
     *
     * @param hub used for models of a hub
     * @param settings of which those of S3 are used for models of a bucket
     * @param replace whether a model of the name that is another may be replaced
     * @throws PullException if the model cannot be had
     * @throws org.apache.kafka.common.config.ConfigException if a setting for S3 is missing or unusable
     */
    public PulledModel run(PullRequest request, HubAccess hub, Map<String, String> settings, boolean replace)
            throws IOException {
        Puller puller = new Puller(home, new Fetcher(retry, stall, progress), retry, progress, Clock.systemUTC());
        if (request.source() instanceof ModelSource.Clip clip) {
            try (Remote remote = retry.call(() -> HubRemote.open(new Http(allowHttp), hub, clip.repository()))) {
                return puller.pullClip(request.name(), remote, replace);
            } finally {
                progress.clear();
            }
        }
        try (Remote bart = open(request.source(), BART, hub, settings);
                Remote vqgan = open(request.source(), VQGAN, hub, settings)) {
            return puller.pull(request.name(), bart, vqgan, replace);
        } finally {
            progress.clear();
        }
    }

    private Remote open(ModelSource source, String part, HubAccess hub, Map<String, String> settings)
            throws IOException {
        var http = new Http(allowHttp);
        if (source instanceof ModelSource.Hub repositories) {
            if (part.equals(VQGAN)) {
                return retry.call(() -> HubRemote.open(http, hub, repositories.vqgan()));
            }
            Remote bart = retry.call(() -> HubRemote.open(http, hub, repositories.bart()));
            return new HubTextModel(bart, repository -> HubRemote.open(http, hub, repository));
        }
        if (source instanceof ModelSource.Web folder) {
            return new FolderRemote(http, URI.create(folder.address() + "/" + part));
        }
        ModelSource.Bucket folder = (ModelSource.Bucket) source;
        return new S3Remote(new MinioObjectStore(s3(settings, folder.bucket())), folder.prefix() + part + "/");
    }

    /** The settings of the images' store, for another bucket. */
    private S3Settings s3(Map<String, String> settings, String bucket) throws PullException {
        var config = new AbstractConfig(S3Config.addTo(new ConfigDef()), settings, false);
        S3Settings images = S3Config.read(config, 1);
        if (!allowHttp && !images.endpoint().startsWith("https://")) {
            throw new PullException(
                    Kind.REFUSED,
                    S3Config.ENDPOINT + " " + images.endpoint() + " is plain http: whoever is on the way can change"
                            + " what comes. Use https, or give --allow-http");
        }
        return new S3Settings(
                images.endpoint(),
                images.region(),
                images.accessKey(),
                images.secretKey(),
                bucket,
                false,
                images.connectTimeout(),
                images.requestTimeout(),
                images.connections(),
                images.trust());
    }
}
