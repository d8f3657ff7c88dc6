package org.dallemini.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * An example as its reader would run it.
 *
 * @param folder where it runs
 * @param environment variables besides ours
 */
record Example(Path folder, List<String> command, Map<String, String> environment) {
    /** How a program ended. */
    record Ended(int code, String out, String err) {}

    static Path sources() {
        return Path.of(System.getProperty("dallemini.root"), "examples");
    }

    /**
     * What it requires is installed once for each folder. Skips the test, with the reason, where that cannot be had.
     */
    static Example inPython(Path folder, String requirements, String script, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path source = sources().resolve("python");
        String python = folder.resolve("venv").resolve("bin").resolve("python").toString();
        Path installed = folder.resolve(requirements + ".installed");
        if (!Files.exists(installed)) {
            require("Python 3 with venv", folder, "python3", "-m", "venv", "venv");
            require(
                    requirements,
                    folder,
                    python,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "-r",
                    source.resolve(requirements).toString());
            Files.createFile(installed);
        }
        return new Example(folder, List.of(python, source.resolve(script).toString()), environment);
    }

    /** Skips the test, with the reason, if a tool or the network is missing. */
    static void require(String what, Path folder, String... command) throws IOException, InterruptedException {
        String trouble;
        try {
            Ended ended = new Example(folder, List.of(command), Map.of()).run();
            trouble = ended.code() == 0 ? "" : ended.err();
        } catch (IOException e) {
            trouble = String.valueOf(e.getMessage());
        }
        assumeTrue(trouble.isEmpty(), what + " cannot be had here: " + trouble);
    }

    Ended run(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(arguments));
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(all)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(6, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError(all + " does not end: " + Files.readString(err, UTF_8));
        }
        return new Ended(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }
}
