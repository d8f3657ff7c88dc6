package org.dallemini.generate;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of some kilobytes, to be filled; its test is skipped where file systems cannot be mounted. */
final class SmallDisk {
    private SmallDisk() {}

    interface Use {
        void with(Path disk) throws Exception;
    }

    static void on(Path folder, int bytes, Use use) throws Exception {
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
