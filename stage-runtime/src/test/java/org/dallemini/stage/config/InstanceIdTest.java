package org.dallemini.stage.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceIdTest {
    @TempDir
    Path dir;

    @Test
    void shouldGiveEachLiveProcessItsOwnNameAndTheSameAfterARestart() {
        // Given
        InstanceId first = InstanceId.acquire(config(dir), "stage");
        InstanceId second = InstanceId.acquire(config(dir), "stage");
        assertThat(first.value()).isNotEqualTo(second.value());

        // When
        first.close();
        first.close();
        InstanceId again = InstanceId.acquire(config(dir), "stage");

        // Then
        assertThat(again.value()).isEqualTo(first.value());
        again.close();
        second.close();
    }

    @Test
    void shouldKeepItsFileLockedAgainstOtherProcesses() throws Exception {
        // Given
        try (InstanceId ours = InstanceId.acquire(config(dir), "stage");
                InstanceId alsoOurs = InstanceId.acquire(config(dir), "stage")) {
            assertThat(alsoOurs.value()).isNotEqualTo(ours.value());

            // When
            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Other.class.getName(),
                            dir.toString())
                    .redirectErrorStream(true)
                    .start();
            String theirs = new String(other.getInputStream().readAllBytes());

            // Then
            assertThat(theirs).contains("name=").doesNotContain(ours.value()).doesNotContain(alsoOurs.value());
        }
    }

    /** A second process that takes a name and tells it. */
    static final class Other {
        private Other() {}

        public static void main(String[] args) {
            try (InstanceId id = InstanceId.acquire(config(Path.of(args[0])), "stage")) {
                System.out.println("name=" + id.value());
            }
        }
    }

    @Test
    void shouldPreferTheConfiguredName() {
        var config = new StageConfig(StageConfig.definition(), Map.of(StageConfig.INSTANCE_ID, "left"));

        try (InstanceId id = InstanceId.acquire(config, "stage")) {
            assertThat(id.value()).isEqualTo("left");
        }
    }

    @Test
    void shouldSayWhatToDoWhenTheFolderCannotBeUsed() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "");

        assertThatThrownBy(() -> InstanceId.acquire(config(file), "stage"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("instance.dir")
                .hasMessageContaining("instance.id");
    }

    private static StageConfig config(Path dir) {
        return new StageConfig(StageConfig.definition(), Map.of(StageConfig.INSTANCE_DIR, dir.toString()));
    }
}
