package org.dallemini.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the Dockerfile does to the jars, and what the chart takes for granted of the image. */
class ImageTest {
    /** As the libraries that the program has spell them. */
    private static final List<String> NATIVES = List.of(
            "ai/onnxruntime/native/linux-x64/libonnxruntime.so",
            "ai/onnxruntime/native/linux-aarch64/libonnxruntime.so",
            "ai/onnxruntime/native/osx-aarch64/libonnxruntime.dylib.dSYM/Contents/Info.plist",
            "ai/onnxruntime/native/win-x64/onnxruntime.dll",
            "librocksdbjni-linux64.so",
            "librocksdbjni-linux64-musl.so",
            "librocksdbjni-linux32.so",
            "librocksdbjni-linux-aarch64.so",
            "librocksdbjni-linux-aarch64-musl.so",
            "librocksdbjni-osx-arm64.jnilib",
            "native/lib/linux-x86_64/cpu/libtokenizers.so",
            "org/xerial/snappy/native/Linux/x86/libsnappyjava.so",
            "org/xerial/snappy/native/Linux/x86_64/libsnappyjava.so",
            "org/xerial/snappy/native/Linux/aarch64/libsnappyjava.so",
            "org/xerial/snappy/native/Linux/android-aarch64/libsnappyjava.so",
            "org/xerial/snappy/native/SunOS/x86_64/libsnappyjava.so",
            "freebsd/amd64/libzstd-jni.so",
            "linux/amd64/libzstd-jni.so",
            "com/sun/jna/linux-x86-64/libjnidispatch.so");

    @TempDir
    private Path folder;

    private Path jar;

    @BeforeEach
    void makeJar() throws IOException {
        jar = folder.resolve("natives.jar");
        write(jar, NATIVES);
    }

    @Test
    void shouldLeaveTheNativeLibrariesOfOnePlatform() throws Exception {
        assertThat(trim("linux-amd64")).startsWith("0:");

        assertThat(entries())
                .containsExactly(
                        "Some.class",
                        "ai/onnxruntime/native/linux-x64/libonnxruntime.so",
                        "librocksdbjni-linux64.so",
                        "native/lib/linux-x86_64/cpu/libtokenizers.so",
                        "org/xerial/snappy/native/Linux/x86_64/libsnappyjava.so",
                        "linux/amd64/libzstd-jni.so",
                        "com/sun/jna/linux-x86-64/libjnidispatch.so");
    }

    @Test
    void shouldLeaveThoseOfTheOther() throws Exception {
        assertThat(trim("linux-arm64")).startsWith("0:");

        assertThat(entries())
                .containsExactly(
                        "Some.class",
                        "ai/onnxruntime/native/linux-aarch64/libonnxruntime.so",
                        "librocksdbjni-linux-aarch64.so",
                        "org/xerial/snappy/native/Linux/aarch64/libsnappyjava.so");
    }

    @Test
    void shouldFailWhereAJarHasNothingForThePlatform() throws Exception {
        // Given
        write(folder.resolve("windows.jar"), List.of("native/Windows/x86_64/webp-imageio.dll"));

        // When, Then
        assertThat(trim("linux-amd64"))
                .startsWith("1:")
                .contains("windows.jar has native libraries, but none for linux-amd64");
    }

    @Test
    void shouldBeTheImageThatTheChartRuns() throws IOException {
        String dockerfile = Files.readString(Chart.ROOT.resolve("Dockerfile"));

        assertThat(dockerfile)
                .contains("ENTRYPOINT [\"/opt/dallemini/bin/dallemini\"]", "--uid 10001", "--gid 10001")
                .contains("/src/cli/target/dist/bom.json", "org.opencontainers.image.licenses")
                .contains("TrimNatives.java /opt/dallemini/lib linux-$TARGETARCH")
                .containsSubsequence("TrimNatives.java", "class-archive", "FROM ubuntu");
    }

    private String trim(String platform) throws Exception {
        return new Tool(Path.of(System.getProperty("java.home"), "bin", "java"))
                .run(Chart.ROOT, "tools/TrimNatives.java", folder.toString(), platform);
    }

    private static void write(Path jar, List<String> names) throws IOException {
        try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("Some.class"));
            for (String name : names) {
                out.putNextEntry(new ZipEntry(name));
                out.write(name.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private List<String> entries() throws IOException {
        try (var file = new ZipFile(jar.toFile())) {
            return file.stream().map(ZipEntry::getName).toList();
        }
    }
}
