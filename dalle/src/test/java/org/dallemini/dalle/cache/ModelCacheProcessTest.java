package org.dallemini.dalle.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dallemini.dalle.checkpoint.Tensor;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.onnx.Graph;
import org.dallemini.dalle.testing.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two stages that start together, each a process of its own. */
class ModelCacheProcessTest {
    @TempDir
    Path temp;

    @Test
    void shouldBuildOnceForTwoProcesses() throws Exception {
        // Given
        Path builders = temp.resolve("builders");

        // When
        Process first = start(builders);
        Process second = start(builders);

        // Then
        assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(first.exitValue()).isZero();
        assertThat(second.exitValue()).isZero();
        assertThat(builders).content().hasLineCount(1);
    }

    private Process start(Path builders) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Stage.class.getName(),
                        temp.resolve("cache").toString(),
                        Goldens.open().sets().get(0).bart().toString(),
                        builders.toString())
                .inheritIO()
                .start();
    }

    /** The other processes. */
    static final class Stage {
        public static void main(String[] args) throws IOException {
            new ModelCache(Path.of(args[0])).graph(Path.of(args[1]), "slow", "fp32", weights -> {
                Graph graph = new Graph("slow");
                graph.weight(new Weight(new long[] {1}, () -> {
                    Files.write(
                            Path.of(args[2]),
                            List.of("built by " + ProcessHandle.current().pid()),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND);
                    return Tensor.allocate(1);
                }));
                return graph;
            });
        }
    }
}
