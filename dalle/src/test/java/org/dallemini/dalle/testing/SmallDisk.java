package org.dallemini.dalle.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of some kilobytes, to be filled; its test is skipped where file systems cannot be mounted. */
public final class SmallDisk {
    private SmallDisk() {}

    public interface Use {
        void with(Path disk) throws Exception;
    }

    public static void on(Path folder, int bytes, Use use) throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", disk.toString()))
                .as("mounting a small file system needs Linux and root")
                .isTrue();
        try {
            use.with(disk);
        } finally {
            run("umount", disk.toString());
        }
    }

    /** Writes until nothing more fits on the disk; the file can be deleted to make room again. */
    public static void fill(Path ballast) {
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(new byte[1024]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // no such program
        }
    }
}
