package org.dallemini.deploy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A program that {@code deploy/tools/install} installs, or that is on the path. */
record Tool(Path program) {

    /** Skips the test where there is none. */
    static Tool named(String name) {
        Optional<Path> found = Stream.concat(
                        Stream.of(Chart.ROOT.resolve("deploy/.tools")),
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                                .map(Path::of))
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(found.isPresent(), "there is no " + name + " here: deploy/tools/install installs it");
        return new Tool(found.orElseThrow());
    }

    /** @return exit code and output, as {@code 0: ...} */
    String run(Path folder, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + ": " + output;
    }
}
