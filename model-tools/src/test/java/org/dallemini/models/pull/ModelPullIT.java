package org.dallemini.models.pull;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.dallemini.dalle.model.ModelHome;
import org.dallemini.embedded.EmbeddedObjectStore;
import org.dallemini.models.ModelCheck;
import org.dallemini.models.pull.PullException.Kind;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.objects.S3Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a bucket of a real S3 server in this JVM. */
class ModelPullIT {
    private static final Path SHIPPED = Path.of(System.getProperty("dallemini.root"), "models", "shapes");
    private static final String ACCESS = "local-access";
    private static final String SECRET = "local-secret";

    @TempDir
    Path temp;

    private EmbeddedObjectStore server;

    @BeforeEach
    void startServer() throws Exception {
        server = EmbeddedObjectStore.start(temp.resolve("objects"), 0, ACCESS, SECRET);
        try (var store = new MinioObjectStore(new S3Settings(
                server.endpoint(),
                "us-east-1",
                ACCESS,
                SECRET,
                "models",
                true,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                1,
                null))) {
            store.ensureBucket();
            for (String part : new String[] {"dalle-bart", "vqgan"}) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(SHIPPED.resolve(part))) {
                    for (Path file : files) {
                        String key = "small/" + part + "/" + file.getFileName();
                        store.create(key, Files.readAllBytes(file), "application/octet-stream", Map.of());
                    }
                }
            }
        }
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void shouldFetchFromABucket() throws IOException {
        // When: the weights are larger than what one call fetches
        PulledModel pulled = pull(SECRET, "s3://models/small");

        // Then
        assertThat(pulled.fetched()).isTrue();
        assertThat(ModelCheck.problems(pulled.folder())).isEmpty();
        assertThat(Files.size(SHIPPED.resolve("dalle-bart/flax_model.msgpack"))).isGreaterThan(16 << 20);
        for (String file : new String[] {"dalle-bart/flax_model.msgpack", "vqgan/flax_model.msgpack"}) {
            assertThat(pulled.folder().resolve(file)).hasSameBinaryContentAs(SHIPPED.resolve(file));
        }
        assertThat(requireNonNull(pulled.provenance().vqgan()).source()).isEqualTo("s3://models/small/vqgan");
        assertThat(pull(SECRET, "s3://models/small").fetched()).isFalse();
    }

    @Test
    void shouldGoOnInALaterRun() throws IOException {
        // Given: a part of the weights, as an interrupted run would have left it
        Path staging = temp.resolve("pulled/.mine.pulling");
        pull(SECRET, "s3://models/small");
        Files.move(temp.resolve("pulled/mine"), staging);
        ModelOrigin pulled = ModelOrigin.read(staging).orElseThrow();
        var versions = new StringBuilder();
        pulled.files().forEach(file -> versions.append(versions.isEmpty() ? "{" : ",")
                .append("\"" + file.path() + "\":\"" + file.identity() + "\""));
        Files.writeString(staging.resolve("versions.json"), versions + "}");
        Path weights = staging.resolve("vqgan/flax_model.msgpack");
        byte[] half = Files.readAllBytes(weights);
        Files.delete(weights);
        Files.write(staging.resolve("vqgan/flax_model.msgpack.part"), Arrays.copyOf(half, half.length / 2));

        // When
        PulledModel again = pull(SECRET, "s3://models/small");

        // Then
        assertThat(again.folder().resolve("vqgan/flax_model.msgpack")).hasBinaryContent(half);
    }

    @Test
    void shouldSayWhatIsNotThereAndWhatIsRefused() {
        expect(SECRET, "s3://models/other", Kind.NOT_FOUND, "s3://models/other/dalle-bart/config.json");
        expect("wrong-secret", "s3://models/small", Kind.REFUSED, "models");
    }

    private void expect(String secret, String address, Kind kind, String message) {
        PullException failure = catchThrowableOfType(PullException.class, () -> pull(secret, address));
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessageContaining(message).hasMessageNotContaining(secret);
    }

    @Test
    void shouldRefuseAStoreWithoutEncryptionUnlessAllowed() {
        // When
        PullException failure =
                catchThrowableOfType(PullException.class, () -> pull(false, SECRET, "s3://models/small"));

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessageContaining("--allow-http");
    }

    private PulledModel pull(String secret, String address) throws IOException {
        return pull(true, secret, address);
    }

    private PulledModel pull(boolean allowHttp, String secret, String address) throws IOException {
        var progress =
                new PullProgress(new PrintStream(new ByteArrayOutputStream(), true, UTF_8), false, System::nanoTime);
        var settings = Map.of(
                "s3.endpoint",
                server.endpoint(),
                "s3.access.key",
                ACCESS,
                "s3.secret.key",
                secret,
                "s3.bucket",
                "images");
        return new ModelPull(new ModelHome(temp.resolve("pulled")), allowHttp, () -> false, progress)
                .run(PullRequest.parse(address, null, null, "mine"), HubAccess.of(Map.of(), null), settings, false);
    }
}
