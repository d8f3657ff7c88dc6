package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code dallemini} in a small source tree. But for the last test its Maven and its Java are scripts too,
 * that wait to be told to go on: the one makes a "jar" of the source, the other prints it.
 */
class LauncherIT {
    private static final Path ROOT = Path.of(System.getProperty("dallemini.root"));
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String MAVEN = """
            #!/usr/bin/env bash
            echo "$$ $*" >>builds
            until [ -e go ]; do sleep 0.05; done
            if [ -e bad ]; then echo "[ERROR] it does not compile"; exit 1; fi
            mkdir -p cli/target/dist/lib
            cat cli/src/main/* >cli/target/dist/lib/dallemini.jar
            """;

    private static final String JAVA = """
            #!/usr/bin/env bash
            while [ "$1" != -cp ]; do shift; done
            cat "$2"
            until [ ! -e stay ]; do sleep 0.05; done
            cat "$2"
            """;

    private static final String CLASS_ARCHIVE = """
            #!/usr/bin/env bash
            if [ -e bad-archive ]; then echo "there is no room"; exit 1; fi
            cp "$1/lib/dallemini.jar" "$1/classes.jsa"
            """;

    @TempDir
    private Path folder;

    private Path tree;
    private Path source;
    private final List<Launch> launches = new ArrayList<>();

    @BeforeEach
    void plant() throws IOException {
        tree = Files.createDirectories(folder.resolve("tree"));
        Files.createDirectories(tree.resolve("tools"));
        Files.copy(ROOT.resolve("dallemini"), tree.resolve("dallemini"));
        Files.copy(ROOT.resolve("tools/build"), tree.resolve("tools/build"));
        script(tree.resolve("tools/class-archive"), CLASS_ARCHIVE);
        Files.writeString(tree.resolve("pom.xml"), "<project/>");
        source = Files.createDirectories(tree.resolve("cli/src/main")).resolve("source");
        Files.writeString(source, "one\n");
        Path bin = Files.createDirectories(folder.resolve("bin"));
        script(bin.resolve("mvn"), MAVEN);
        script(bin.resolve("java"), JAVA);
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    @AfterEach
    void fell() {
        launches.forEach(launch -> launch.process.descendants().forEach(ProcessHandle::destroyForcibly));
        launches.forEach(launch -> launch.process.destroyForcibly());
    }

    private record Launch(Process process, Path out, Path err) {
        long pid() {
            return process.pid();
        }

        String said() {
            return text(err);
        }

        String printed() {
            return text(out);
        }

        int end() throws InterruptedException {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still running: " + said());
            }
            return process.exitValue();
        }

        private static String text(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Launch launch(Path home) throws IOException {
        return launch(home, Map.of("PATH", folder.resolve("bin") + ":" + System.getenv("PATH")));
    }

    private Launch launch(Path home, Map<String, String> environment) throws IOException {
        Path out = Files.createTempFile(folder, "launch-", ".out");
        Path err = Files.createTempFile(folder, "launch-", ".err");
        var builder = new ProcessBuilder("bash", home.resolve("dallemini").toString(), "--version")
                .directory(home.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_HOME", "DALLEMINI_MAVEN_ARGS"));
        builder.environment().putAll(environment);
        var launch = new Launch(builder.start(), out, err);
        launches.add(launch);
        return launch;
    }

    /** One that has begun to build. */
    private Launch building() throws IOException {
        int before = builds(tree).size();
        Launch launch = launch(tree);
        await().atMost(PATIENCE).until(() -> builds(tree).size() > before);
        return launch;
    }

    /** One that waits for another. */
    private Launch waitingFor(Launch builder) throws IOException {
        Launch launch = launch(tree);
        await().atMost(PATIENCE)
                .until(() -> launch.said().contains("process " + builder.pid() + " is building the program; waiting"));
        return launch;
    }

    private static List<String> builds(Path home) throws IOException {
        Path file = home.resolve("builds");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static void go(Path home) throws IOException {
        Files.writeString(home.resolve("go"), "");
    }

    private static void kill(String signal, String pid) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, pid).start().waitFor();
    }

    private void assertThatItRuns(Launch launch, String program) throws InterruptedException {
        assertThat(launch.end()).describedAs(launch.said()).isZero();
        assertThat(launch.printed()).isEqualTo(program.repeat(2));
    }

    private void assertThatItRunsWithoutABuild(Path home, String program) throws Exception {
        int before = builds(home).size();
        Launch launch = launch(home);
        assertThatItRuns(launch, program);
        assertThat(launch.said()).isEmpty();
        assertThat(builds(home)).hasSize(before);
    }

    @Test
    void shouldBuildOnceWhereSeveralStartAtOnce() throws Exception {
        // Given
        Launch first = building();
        Launch second = waitingFor(first);
        Launch third = waitingFor(first);

        // When
        go(tree);

        // Then
        for (Launch launch : List.of(first, second, third)) {
            assertThatItRuns(launch, "one\n");
        }
        assertThat(builds(tree)).hasSize(1);
        assertThatItRunsWithoutABuild(tree, "one\n");
    }

    @Test
    void shouldNeverBuildTwiceAtATimeHoweverManyStart() throws Exception {
        // Given: a build that notices another beside it
        script(folder.resolve("bin/mvn"), """
                #!/usr/bin/env bash
                mkdir alone || exit 1
                echo "$$" >>builds
                sleep 0.2
                mkdir -p cli/target/dist/lib
                cat cli/src/main/* >cli/target/dist/lib/dallemini.jar
                rmdir alone
                """);
        for (String version : List.of("two\n", "three\n", "four\n")) {
            Files.writeString(source, version);

            // When
            var crowd = new ArrayList<Launch>();
            for (int i = 0; i < 8; i++) {
                crowd.add(launch(tree));
            }

            // Then
            for (Launch launch : crowd) {
                assertThatItRuns(launch, version);
            }
        }
        assertThat(builds(tree)).hasSize(3);
    }

    @Test
    void shouldTellTheFailureToWhoeverWaitedForIt() throws Exception {
        // Given
        Files.writeString(tree.resolve("bad"), "");
        Launch first = building();
        Launch second = waitingFor(first);

        // When
        go(tree);

        // Then
        assertThat(first.end()).isEqualTo(1);
        assertThat(first.said()).contains("it does not compile", "dallemini: the build failed, see above");
        assertThat(second.end()).isEqualTo(1);
        assertThat(second.said())
                .contains("it does not compile", "dallemini: the build that was waited for failed, see above");
        assertThat(builds(tree)).hasSize(1);

        // And: the next one tries again
        Files.delete(tree.resolve("bad"));
        assertThatItRuns(launch(tree), "one\n");
    }

    @Test
    void shouldBuildAgainWhereABuilderWasKilled() throws Exception {
        // Given
        Launch first = building();
        kill("KILL", Long.toString(first.pid()));
        first.end();

        // When: its Maven goes on
        Launch second = waitingFor(first);
        go(tree);

        // Then
        assertThatItRuns(second, "one\n");
        assertThat(builds(tree)).hasSize(2);

        // When
        Files.writeString(source, "two\n");
        Files.delete(tree.resolve("go"));
        Launch third = building();
        kill("KILL", Long.toString(third.pid()));
        kill("KILL", builds(tree).get(2).split(" ")[0]);
        third.end();
        Launch fourth = building();
        go(tree);

        // Then
        assertThatItRuns(fourth, "two\n");
        assertThat(fourth.said()).doesNotContain("waiting");
    }

    @Test
    void shouldNotTakeAnotherProcessForABuilderThatWasKilled() throws Exception {
        // Given: a lock of long ago, whose process number is in use again
        go(tree);
        Path lock = Files.createDirectories(tree.resolve("cli/target/builds")).resolve("lock.7");
        Files.writeString(lock, ProcessHandle.current().pid() + ":1\n");

        // When
        Launch launch = launch(tree);

        // Then
        assertThatItRuns(launch, "one\n");
        assertThat(launch.said()).doesNotContain("waiting");
    }

    @Test
    void shouldLeaveTheBuildToWhoeverWaitsWhenItIsStopped() throws Exception {
        for (String signal : List.of("TERM", "HUP", "INT")) {
            // Given
            Launch first = building();
            Launch second = waitingFor(first);
            int before = builds(tree).size();
            String maven = builds(tree).get(before - 1).split(" ")[0];

            // When
            kill(signal, Long.toString(first.pid()));

            // Then
            assertThat(first.end()).isGreaterThan(128);
            assertThat(ProcessHandle.of(Long.parseLong(maven)).filter(ProcessHandle::isAlive))
                    .isEmpty();
            await().atMost(PATIENCE).until(() -> builds(tree).size() > before);
            kill("TERM", Long.toString(second.pid()));
            second.end();
        }
        go(tree);
        assertThatItRuns(launch(tree), "one\n");
    }

    @Test
    void shouldKnowASourceByItsContent() throws Exception {
        // Given
        Path other = Files.writeString(tree.resolve("cli/src/main/zother"), "and\n");
        go(tree);
        assertThatItRuns(launch(tree), "one\nand\n");
        Path copy = folder.resolve("copy");
        copy(tree, copy);

        // When, Then
        Files.setLastModifiedTime(source, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
        assertThatItRunsWithoutABuild(tree, "one\nand\n");
        assertThatItRunsWithoutABuild(copy, "one\nand\n");
        assertThatItRunsWithoutABuild(Files.move(copy, folder.resolve("moved")), "one\nand\n");

        // When: as old as before, as tar leaves it
        FileTime old = FileTime.fromMillis(System.currentTimeMillis() - 3_600_000);
        Files.setLastModifiedTime(source, old);
        assertThatItRunsWithoutABuild(tree, "one\nand\n");
        assertThatItRunsWithoutABuild(tree, "one\nand\n");
        Files.writeString(source, "two\n");
        Files.setLastModifiedTime(source, old);

        // Then
        assertThatItRuns(launch(tree), "two\nand\n");
        assertThat(builds(tree)).hasSize(2);

        // When
        Files.delete(other);

        // Then
        assertThatItRuns(launch(tree), "two\n");
        assertThat(builds(tree)).hasSize(3);
    }

    @Test
    void shouldNoticeWhatWasChangedBeforeTheTreeWasCopied() throws Exception {
        // Given
        go(tree);
        assertThatItRuns(launch(tree), "one\n");
        Files.writeString(source, "two\n");

        // When: whatever is copied first
        Path copy = folder.resolve("copy");
        copy(tree, copy);
        try (Stream<Path> taken = Files.list(copy.resolve("cli/target/builds"))) {
            for (Path file :
                    taken.filter(each -> each.toString().endsWith(".taken")).toList()) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
            }
        }

        // Then
        assertThatItRuns(launch(copy), "two\n");
    }

    /** With new times of everything, as {@code cp -r} does it. */
    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(dir)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Test
    void shouldBuildAgainWhatWasChangedMeanwhile() throws Exception {
        // Given
        Launch launch = building();

        // When
        Files.writeString(source, "two\n");
        go(tree);

        // Then
        assertThatItRuns(launch, "two\n");
        assertThat(builds(tree)).hasSize(2);
    }

    @Test
    void shouldKeepTheArgumentsOfTheLastBuild() throws Exception {
        // Given
        go(tree);
        String path = folder.resolve("bin") + ":" + System.getenv("PATH");

        // When
        assertThatItRuns(launch(tree, Map.of("PATH", path, "DALLEMINI_MAVEN_ARGS", "-Pcuda -o")), "one\n");
        Files.writeString(source, "two\n");
        assertThatItRuns(launch(tree), "two\n");
        assertThatItRuns(launch(tree, Map.of("PATH", path, "DALLEMINI_MAVEN_ARGS", "")), "two\n");

        // Then
        assertThat(builds(tree)).hasSize(3);
        assertThat(builds(tree).subList(0, 2)).allMatch(line -> line.contains(" -Pcuda -o "));
        assertThat(builds(tree).get(2)).doesNotContain("-Pcuda");
    }

    @Test
    void shouldLeaveTheJarsOfAProgramThatRuns() throws Exception {
        // Given
        go(tree);
        Path stay = Files.writeString(tree.resolve("stay"), "");
        Launch old = launch(tree);
        await().atMost(PATIENCE).until(() -> old.printed().equals("one\n"));

        // When
        Files.writeString(source, "two\n");
        Launch current = launch(tree);
        await().atMost(PATIENCE).until(() -> current.printed().equals("two\n"));
        Files.delete(stay);

        // Then
        assertThatItRuns(old, "one\n");
        assertThatItRuns(current, "two\n");

        // When: nobody runs from them any more
        Files.writeString(source, "three\n");
        assertThatItRuns(launch(tree), "three\n");

        // Then
        try (Stream<Path> found = Files.list(tree.resolve("cli/target/builds"))) {
            assertThat(found.filter(Files::isDirectory)).hasSize(1);
        }
    }

    @Test
    void shouldArchiveTheClassesWhereTheProgramLies() throws Exception {
        // Given
        go(tree);

        // When
        assertThatItRuns(launch(tree), "one\n");

        // Then
        try (Stream<Path> found = Files.walk(tree.resolve("cli/target"))) {
            Path archive = found.filter(file -> file.endsWith("classes.jsa"))
                    .findFirst()
                    .orElseThrow();
            assertThat(archive).hasContent("one").hasSameTextualContentAs(archive.resolveSibling("lib/dallemini.jar"));
        }
    }

    @Test
    void shouldDoWithoutAnArchiveOfTheClasses() throws Exception {
        // Given
        go(tree);
        Files.writeString(tree.resolve("bad-archive"), "");

        // When
        Launch launch = launch(tree);

        // Then
        assertThatItRuns(launch, "one\n");
        assertThat(launch.said()).doesNotContain("room");
        assertThatItRunsWithoutABuild(tree, "one\n");
    }

    @Test
    void shouldRunAnInstallationAsItIs() throws Exception {
        // Given
        Path home = folder.resolve("installed");
        Files.createDirectories(home.resolve("lib"));
        Files.copy(ROOT.resolve("dallemini"), home.resolve("dallemini"));
        Files.writeString(home.resolve("lib/dallemini.jar"), "installed\n");

        // When, Then
        assertThatItRunsWithoutABuild(home, "installed\n");
    }

    @Test
    void shouldBuildWithMavenOnceForTwo() throws Exception {
        // Given
        assumeThat(Stream.of(System.getenv("PATH").split(":")).map(part -> Path.of(part, "mvn")))
                .describedAs("Maven on the path")
                .anyMatch(Files::isExecutable);
        String parent = Files.readString(ROOT.resolve("pom.xml"));
        Files.writeString(tree.resolve("pom.xml"), """
                <project>
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>small</groupId><artifactId>parent</artifactId><version>1</version><packaging>pom</packaging>
                  <modules><module>cli</module></modules>
                  <build><pluginManagement><plugins>%s%s%s</plugins></pluginManagement></build>
                </project>
                """.formatted(
                        plugin(parent, "maven-resources-plugin"),
                        plugin(parent, "maven-compiler-plugin"),
                        plugin(parent, "maven-surefire-plugin")));
        Files.writeString(tree.resolve("cli/pom.xml"), """
                <project>
                  <modelVersion>4.0.0</modelVersion>
                  <parent><groupId>small</groupId><artifactId>parent</artifactId><version>1</version></parent>
                  <artifactId>cli</artifactId>
                  <properties><maven.compiler.release>17</maven.compiler.release></properties>
                  <build><finalName>dallemini</finalName><plugins><plugin>
                    <artifactId>maven-jar-plugin</artifactId>%s
                    <configuration><outputDirectory>${project.build.directory}/dist/lib</outputDirectory></configuration>
                  </plugin></plugins></build>
                </project>
                """.formatted(version(parent, "maven-jar-plugin")));
        Path main = Files.createDirectories(tree.resolve("cli/src/main/java/org/dallemini/cli"));
        Files.writeString(
                main.resolve("Dallemini.java"),
                "package org.dallemini.cli; class Dallemini { public static void main(String[] a) { System.out.print(a[0]); } }");
        String repository = System.getProperty("maven.repo.local");
        Map<String, String> environment =
                repository == null ? Map.of() : Map.of("DALLEMINI_MAVEN_ARGS", "-Dmaven.repo.local=" + repository);

        // When
        Launch first = launch(tree, environment);
        Launch second = launch(tree, environment);

        // Then
        for (Launch launch : List.of(first, second)) {
            assertThat(launch.end()).describedAs(launch.said()).isZero();
            assertThat(launch.printed()).isEqualTo("--version");
        }
        assertThat(first.said() + second.said()).containsOnlyOnce("Building").containsOnlyOnce("waiting");
    }

    private static String plugin(String pom, String name) {
        return "<plugin><artifactId>" + name + "</artifactId>" + version(pom, name) + "</plugin>";
    }

    /** As the parent has it, for it is the one that is there. */
    private static String version(String pom, String name) {
        int begin = pom.indexOf("<version>", pom.indexOf("<artifactId>" + name + "</artifactId>"));
        return pom.substring(begin, pom.indexOf("</version>", begin)) + "</version>";
    }
}
