package org.dallemini.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file system of its own, in memory, that can be filled. Needs Linux and root. */
record LimitedDisk(Path folder) implements AutoCloseable {
    private static final String BALLAST = "ballast";

    /**
     * Mounts one on an empty folder.
     *
     * @return empty where nothing can be mounted
     */
    static Optional<LimitedDisk> mount(Path folder, int megabytes) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        return run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString())
                ? Optional.of(new LimitedDisk(folder))
                : Optional.empty();
    }

    /** Writes until nothing more fits. */
    void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(folder.resolve(BALLAST))) {
            while (Files.getFileStore(folder).getUsableSpace() > 0) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            if (Files.getFileStore(folder).getUsableSpace() > 0) {
                throw e; // not for want of space
            }
        }
    }

    /** Makes room again. */
    void clear() throws IOException {
        Files.deleteIfExists(folder.resolve(BALLAST));
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

    @Override
    public void close() throws InterruptedException {
        run("umount", folder.toString());
    }
}
