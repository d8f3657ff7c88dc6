package org.dallemini.training.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.VqganEncoder;
import org.dallemini.training.captions.CaptionFigures;
import org.dallemini.training.data.DataSet;
import org.dallemini.training.data.Item;
import org.dallemini.training.data.Problems;
import org.dallemini.training.data.TokenShardWriter;
import org.dallemini.training.run.RunFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dallemini train encode}. */
@Command(
        name = "encode",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Turns pictures and captions into image tokens and captions, by the pipeline's own encoder.")
final class EncodeCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private ThreadsOption threads = new ThreadsOption();

    @Mixin
    private DamageOption damage = new DamageOption();

    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL",
            description = "Model folder whose vqgan/ encodes.")
    private Path model;

    @Mixin
    private DataOptions data = new DataOptions();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder for the shards. Those that are there are not made again, so that encoding goes on.")
    private Path out;

    @Option(
            names = "--skip-other-scripts",
            description = "Pass over pictures without a caption that is mostly in Latin letters, and count them.")
    private boolean skipOtherScripts;

    @Option(
            names = "--shard-size",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Pictures of a shard (default: ${DEFAULT-VALUE}).")
    private int shardSize;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path cache = CommonOptions.libraries().resolveSibling("models");
        ModelCache models = new ModelCache(cache);
        Path vqgan = new ModelFolder(model).vqgan();
        Problems problems = damage.problems();
        Map<String, String> settings = new TreeMap<>(Map.of(
                "--data", String.valueOf(data),
                "vqgan", models.revision(vqgan),
                "--shard-size", String.valueOf(shardSize),
                "--skip-other-scripts", String.valueOf(skipOtherScripts)));
        new RunFolder(out).begin(settings);
        TokenShardWriter writer = new TokenShardWriter(out);
        ExecutorService workers = Executors.newFixedThreadPool(threads.threads());
        BlockingQueue<VqganEncoder> encoders = new ArrayBlockingQueue<>(threads.threads());
        try (DataSet set = data.open(out.resolve("data"), problems)) {
            for (int i = 0; i < threads.threads(); i++) {
                encoders.add(VqganEncoder.open(vqgan, models, new Sessions(1)));
            }
            List<Item> items = skipOtherScripts
                    ? set.items().stream()
                            .filter(item -> !item.captions().stream().allMatch(CaptionFigures::isOtherScript))
                            .toList()
                    : set.items();
            if (items.size() < set.items().size()) {
                System.err.println(
                        (set.items().size() - items.size()) + " pictures have captions in other scripts only");
            }
            long started = System.nanoTime();
            int encoded = 0;
            for (int shard = 0; shard * shardSize < items.size(); shard++) {
                if (writer.has(shard)) {
                    continue;
                }
                List<Item> part = items.subList(shard * shardSize, Math.min((shard + 1) * shardSize, items.size()));
                writer.write(shard, encode(part, workers, encoders, problems));
                encoded += part.size();
                System.err.printf(
                        "%d/%d pictures  %.0f/s%n",
                        Math.min((shard + 1) * shardSize, items.size()),
                        items.size(),
                        encoded / ((System.nanoTime() - started) / 1e9));
            }
        } finally {
            workers.shutdownNow();
            encoders.forEach(VqganEncoder::close);
        }
        if (problems.count() > 0) {
            System.err.println(problems.count() + " files were skipped");
        }
        return Train.OK;
    }

    private static List<TokenShardWriter.Encoded> encode(
            List<Item> items, ExecutorService workers, BlockingQueue<VqganEncoder> encoders, Problems problems)
            throws InterruptedException {
        List<Future<TokenShardWriter.@Nullable Encoded>> results = new ArrayList<>();
        for (Item item : items) {
            results.add(workers.submit(() -> {
                VqganEncoder encoder = encoders.take();
                try {
                    return encode(item, encoder, problems);
                } finally {
                    encoders.add(encoder);
                }
            }));
        }
        List<TokenShardWriter.Encoded> encoded = new ArrayList<>();
        for (Future<TokenShardWriter.@Nullable Encoded> result : results) {
            try {
                TokenShardWriter.@Nullable Encoded sample = result.get();
                if (sample != null) {
                    encoded.add(sample);
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException failure
                        ? failure
                        : new IllegalStateException(Objects.requireNonNullElse(e.getCause(), e));
            }
        }
        return encoded;
    }

    private static TokenShardWriter.@Nullable Encoded encode(Item item, VqganEncoder encoder, Problems problems)
            throws IOException {
        try {
            return new TokenShardWriter.Encoded(item, encoder.encode(item.image(encoder.resolution())));
        } catch (Pictures.UnusableException e) {
            problems.tell(item.key() + ": " + e.getMessage());
            return null;
        }
    }
}
