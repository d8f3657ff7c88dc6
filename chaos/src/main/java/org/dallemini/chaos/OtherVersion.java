package org.dallemini.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Another version of this program, with a tree of its own below {@code chaos/target}, started by its own launcher,
 * which builds it when it is first started.
 *
 * @param commit in full
 * @param tree where its launcher lies
 */
record OtherVersion(String commit, Path tree) {
    private static final int SHORT = 8;
    private static final Duration COMMAND = Duration.ofMinutes(5);

    /**
     * Takes the sources of a commit out of this project's repository, and builds them.
     *
     * @param commit as git takes it
     * @throws IOException if there is no such commit here, or it cannot be built
     */
    static OtherVersion build(String commit) throws IOException, InterruptedException {
        Path home = Program.sourceTree().toAbsolutePath();
        String full =
                say(List.of("git", "-C", home.toString(), "rev-parse", "--verify", "--quiet", commit + "^{commit}"));
        if (full.isEmpty()) {
            throw new IOException("There is no commit " + commit + " in the git repository of " + home
                    + ": give one that 'git log' shows");
        }
        Path tree = home.resolve("chaos").resolve("target").resolve("versions").resolve(full.substring(0, SHORT));
        if (!Files.exists(tree)) {
            Path archive = Files.createTempFile("dallemini-", ".tar");
            Path half = Files.createDirectories(tree.resolveSibling(tree.getFileName() + ".new"));
            run(List.of("git", "-C", home.toString(), "archive", "-o", archive.toString(), full));
            run(List.of("tar", "-x", "-C", half.toString(), "-f", archive.toString()));
            Files.delete(archive);
            Files.move(half, tree);
        }
        var version = new OtherVersion(full, tree);
        run(List.of(version.launcher(), "--version"));
        return version;
    }

    private String launcher() {
        return tree.resolve("dallemini").toString();
    }

    String shortName() {
        return commit.substring(0, SHORT);
    }

    /**
     * Runs one of its commands to its end.
     *
     * @param folder its data directory, and where its log lies
     */
    void command(Path folder, String... arguments) throws IOException, InterruptedException {
        try (Program program =
                start(String.join(" ", arguments), folder, folder.resolve("commands.log"), List.of(arguments))) {
            if (!program.await(COMMAND) || program.exitCode() != 0) {
                throw new IOException("It has failed: " + program);
            }
        }
    }

    /** @param home its data directory */
    Program start(String name, Path home, Path log, List<String> arguments) throws IOException {
        var command = new ArrayList<>(List.of(launcher()));
        command.addAll(arguments);
        return Program.start(
                name, command, Map.of("DALLEMINI_DATA_DIR", home.toString(), "DALLEMINI_JAVA_OPTS", "-Xmx512m"), log);
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        // Its standard output would be taken for this program's.
        int result = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (result != 0) {
            throw new IOException(String.join(" ", command) + " has ended with " + result);
        }
    }

    private static String say(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return text;
    }
}
