package org.dallemini.dalle.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.dallemini.dalle.checkpoint.Tensor;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.UserFolder;
import org.dallemini.dalle.onnx.Graph;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.SmallDisk;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCacheTest {
    @TempDir
    Path temp;

    private final AtomicInteger built = new AtomicInteger();
    private final Path checkpoint = Goldens.open().sets().get(0).bart();
    private Path root;

    @BeforeEach
    void placeRoot() {
        root = temp.resolve("not/yet/there");
    }

    @Test
    void shouldBuildOnceAndThenOnlyLook() throws IOException {
        // When
        Path first = new ModelCache(root).graph(checkpoint, "small", "fp32", weights -> graph());
        Path second = new ModelCache(root).graph(checkpoint, "small", "fp32", weights -> graph());

        // Then
        assertThat(second).isEqualTo(first).isRegularFile().hasFileName("small.onnx");
        assertThat(first.resolveSibling("small.data")).hasSize(400);
        assertThat(built).hasValue(1);
    }

    @Test
    void shouldLieWhereTheUserKeepsCaches() {
        assertThat(UserFolder.cache(Map.of("XDG_CACHE_HOME", "caches"))).isEqualTo(Path.of("caches", "dallemini"));
        assertThat(UserFolder.cache(Map.of("XDG_CACHE_HOME", "")))
                .isEqualTo(Path.of(System.getProperty("user.home"), ".cache", "dallemini"));
    }

    @Test
    void shouldListWholeGraphsOnly() throws IOException {
        // Given
        ModelCache cache = new ModelCache(root);
        assertThat(cache.prepared(checkpoint)).isEmpty();
        cache.graph(checkpoint, "small", "fp32", weights -> graph());
        Path damaged = cache.graph(checkpoint, "small", "int8", weights -> graph());

        // When
        Files.delete(damaged.resolveSibling("small.data"));

        // Then
        assertThat(cache.prepared(checkpoint)).containsExactly("small-fp32");
        assertThat(damaged).startsWith(cache.folder(checkpoint));
    }

    @Test
    void shouldKeepPrecisionsApart() throws IOException {
        // When
        ModelCache cache = new ModelCache(root);
        Path fp32 = cache.graph(checkpoint, "small", "fp32", weights -> graph());
        Path int8 = cache.graph(checkpoint, "small", "int8", weights -> graph());

        // Then
        assertThat(fp32).isNotEqualTo(int8).isRegularFile();
        assertThat(int8).isRegularFile();
    }

    @Test
    void shouldBuildOnceWhenManyAskAtTheSameTime() throws Exception {
        // Given
        int askers = 8;
        CountDownLatch together = new CountDownLatch(askers);
        Callable<Path> ask = () -> {
            together.countDown();
            together.await();
            return new ModelCache(root).graph(checkpoint, "small", "fp32", weights -> graph());
        };

        // When
        Set<Path> answers = new HashSet<>();
        ExecutorService pool = Executors.newFixedThreadPool(askers);
        try {
            List<Future<Path>> futures = new ArrayList<>();
            for (int i = 0; i < askers; i++) {
                futures.add(pool.submit(ask));
            }
            for (Future<Path> future : futures) {
                answers.add(future.get());
            }
        } finally {
            pool.shutdownNow();
        }

        // Then
        assertThat(answers).hasSize(1);
        assertThat(built).hasValue(1);
    }

    @Test
    void shouldBuildAgainWhatIsDamaged() throws IOException {
        // Given
        ModelCache cache = new ModelCache(root);
        Path model = cache.graph(checkpoint, "small", "fp32", weights -> graph());
        byte[] sound = Files.readAllBytes(model);
        List<Damage> damages = List.of(
                () -> Files.delete(model),
                () -> Files.write(model, new byte[] {1}, StandardOpenOption.APPEND),
                () -> Files.write(model, new byte[sound.length]),
                () -> Files.write(model.resolveSibling("small.data"), new byte[100]),
                () -> flipBit(model.resolveSibling("small.data")),
                () -> Files.delete(model.resolveSibling("manifest")),
                () -> Files.write(model.resolveSibling("manifest"), new byte[] {-1, -1, -1}),
                () -> Files.writeString(model.resolveSibling("manifest"), "\n"));

        for (Damage damage : damages) {
            // When
            damage.happen();
            cache.graph(checkpoint, "small", "fp32", weights -> graph());

            // Then
            assertThat(model).hasBinaryContent(sound);
            assertThat(model.resolveSibling("small.data")).hasSize(400);
        }
        assertThat(built).hasValue(1 + damages.size());
    }

    @Test
    void shouldStartAfreshAfterABuilderWasKilled() throws IOException {
        // Given: the work that a killed process left
        ModelCache cache = new ModelCache(root);
        Path model = cache.graph(checkpoint, "small", "fp32", weights -> graph());
        Path folder = model.resolveSibling(".").normalize();
        Files.delete(model.resolveSibling("manifest"));
        Files.move(folder, folder.resolveSibling("small-fp32.building"));

        // When
        cache.graph(checkpoint, "small", "fp32", weights -> graph());

        // Then
        assertThat(model).isRegularFile();
        assertThat(folder.resolveSibling("small-fp32.building")).doesNotExist();
    }

    @Test
    void shouldLeaveNothingOfAFailedBuild() throws IOException {
        // Given
        ModelCache cache = new ModelCache(root);

        // When
        assertThatThrownBy(() -> cache.graph(checkpoint, "small", "fp32", weights -> {
                    throw new ModelException("no good");
                }))
                .isInstanceOf(ModelException.class)
                .hasMessage("no good");

        // Then
        Path home = root.resolve("v" + ModelCache.FORMAT_VERSION + "-" + cache.revision(checkpoint));
        assertThat(home).isDirectoryNotContaining("glob:**/small-fp32.building");
        assertThat(cache.graph(checkpoint, "small", "fp32", weights -> graph())).isRegularFile();
    }

    @Test
    void shouldRefuseWhatDoesNotFitOnTheDisk() {
        // Given
        Weight huge = new Weight(new long[] {1L << 50}, () -> Tensor.allocate(1));

        // When / Then
        assertThatThrownBy(() -> new ModelCache(root).graph(checkpoint, "small", "fp32", weights -> {
                    Graph graph = new Graph("small");
                    graph.weight(huge);
                    return graph;
                }))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("needs 4503599627.4 MB")
                .hasMessageContaining("put the model cache elsewhere");
    }

    @Test
    void shouldSayWhatItNeedsWhereTheDiskFillsUpMeanwhile() throws Exception {
        SmallDisk.on(temp, 256 << 10, disk -> {
            // Given: others write as well
            Path ballast = disk.resolve("ballast");
            ModelCache cache = new ModelCache(disk.resolve("cache"), (graph, done, total) -> SmallDisk.fill(ballast));

            // When, Then
            assertThatThrownBy(() -> cache.graph(checkpoint, "small", "fp32", weights -> graph()))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContainingAll("small-fp32 failed", "No space left", "takes 0.0 MB", "model.cache");
            assertThat(cache.folder(checkpoint)).isDirectoryNotContaining("glob:**/small-fp32{,.building}");

            // When
            Files.delete(ballast);

            // Then
            ModelCache alone = new ModelCache(disk.resolve("cache"));
            assertThat(alone.graph(checkpoint, "small", "fp32", weights -> graph()))
                    .isRegularFile();
            assertThat(alone.prepared(checkpoint)).containsExactly("small-fp32");
        });
    }

    @Test
    void shouldUseWhatIsPreparedOnAFullDisk() throws Exception {
        SmallDisk.on(temp, 256 << 10, disk -> {
            // Given
            ModelCache cache = new ModelCache(disk.resolve("cache"));
            cache.graph(checkpoint, "small", "fp32", weights -> graph());
            Disk.delete(disk.resolve("cache").resolve("hashes"));
            SmallDisk.fill(disk.resolve("ballast"));

            // When
            Path graph = cache.graph(checkpoint, "small", "fp32", weights -> graph());

            // Then
            assertThat(graph).isRegularFile();
            assertThat(built).hasValue(1);
            Path hashes = disk.resolve("cache").resolve("hashes");
            assertThat(Files.notExists(hashes) || isEmpty(hashes)).isTrue();
        });
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    @Test
    void shouldTellHowFarItIs() throws IOException {
        // Given
        List<String> told = new ArrayList<>();
        ModelCache cache = new ModelCache(root, (graph, done, total) -> told.add(graph + " " + done + "/" + total));

        // When
        cache.graph(checkpoint, "small", "fp32", weights -> graph());

        // Then
        assertThat(told).containsExactly("small 400/400");
    }

    /** Larger than what is read at once, and the last of all bits. */
    @Test
    void shouldNoticeAFlippedBitInLargeWeights() throws IOException {
        // Given
        GraphSource large = weights -> {
            built.incrementAndGet();
            Graph graph = new Graph("large");
            graph.output(graph.weight(Weight.of(Tensor.filled(1, 20 << 18))), "ones", Graph.FLOAT, 20 << 18);
            return graph;
        };
        Path model = new ModelCache(root).graph(checkpoint, "large", "fp32", large);
        Path data = model.resolveSibling("large.data");
        assertThat(data).hasSize(20 << 20);
        byte[] sound = Files.readAllBytes(data);

        // When
        flipBit(data);
        assertThat(new ModelCache(root).prepared(checkpoint)).isEmpty();
        new ModelCache(root).graph(checkpoint, "large", "fp32", large);

        // Then
        assertThat(built).hasValue(2);
        assertThat(Arrays.equals(Files.readAllBytes(data), sound)).isTrue();
    }

    private static void flipBit(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
    }

    private Graph graph() {
        built.incrementAndGet();
        Graph graph = new Graph("small");
        graph.output(graph.weight(Weight.of(Tensor.filled(1, 10, 10))), "ones", Graph.FLOAT, 10, 10);
        return graph;
    }

    private interface Damage {
        void happen() throws IOException;
    }
}
