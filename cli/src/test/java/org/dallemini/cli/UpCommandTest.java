package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.dallemini.lock.ProcessLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class UpCommandTest {
    @TempDir
    Path data;

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SAME_THREAD) // a stack that is let in runs until it is stopped
    void shouldNotStartASecondStackOnADataDirectory() throws Exception {
        try (ProcessLock held =
                ProcessLock.tryAcquire(data.resolve("stack.lock")).orElseThrow()) {
            // When
            InProcess up = InProcess.run(
                    data,
                    "up",
                    "--servers-only",
                    "--data-dir",
                    data.toString(),
                    "--kafka-port=0",
                    "--registry-port=0",
                    "--s3-port=0",
                    "--management-port=0");

            // Then
            assertThat(held).isNotNull();
            assertThat(up.exitCode()).isEqualTo(ExitCode.FAILURE);
            assertThat(up.out()).isEmpty();
            assertThat(up.err().lines())
                    .singleElement()
                    .asString()
                    .contains("A stack runs on " + data)
                    .contains("process " + ProcessHandle.current().pid())
                    .contains("--data-dir");
        }
        assertThat(data).isDirectoryNotContaining(file -> !file.endsWith("stack.lock"));
    }
}
