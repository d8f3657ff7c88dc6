package org.dallemini.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.dallemini.dalle.testing.SmallDisk;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.schemas.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline whose object store lies on a full disk. */
class FullStoreIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void shouldWaitUntilTheStoreHasRoomAndLeaveNothingHalf() throws Exception {
        SmallDisk.on(folder, 256 << 10, disk -> {
            // Given
            Path objects = Files.createDirectory(disk.resolve("objects"));
            Path ballast = disk.resolve("ballast");
            Files.createSymbolicLink(
                    Files.createDirectory(folder.resolve("stack")).resolve("objects"), objects);
            try (Pipeline pipeline = Pipeline.start(folder, Map.of())) {
                await().atMost(PATIENCE).until(() -> pipeline.readiness().statusCode() == 200);
                SmallDisk.fill(ballast);

                // When
                pipeline.publish(List.of(PromptRequest.newBuilder()
                        .setId("p")
                        .setText("a red circle on a blue background")
                        .build()));

                // Then
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(pipeline.readiness().body())
                                .containsPattern("storage-sink\",\"state\":\"TROUBLED\",\"detail\":\".*images"));
                assertThat(pictures(objects)).isEmpty();

                // When
                Files.delete(ballast);

                // Then
                StoredImage stored = Objects.requireNonNull(
                        pipeline.collect(new Topics("").storedImages(), StoredImage.class, Set.of("p"))
                                .get("p"));
                assertThat(pipeline.object(stored.getKey())).hasSize((int) stored.getSize());
                assertThat(pictures(objects)).hasSize(1);
                await().atMost(PATIENCE).until(() -> pipeline.readiness().statusCode() == 200);
            }
        });
    }

    private static List<Path> pictures(Path objects) throws Exception {
        try (Stream<Path> found = Files.walk(objects)) {
            return found.filter(Files::isRegularFile).toList();
        }
    }
}
