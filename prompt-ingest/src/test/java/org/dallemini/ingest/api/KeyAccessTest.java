package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dallemini.ingest.http.Access;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.http.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyAccessTest {
    @TempDir
    private Path folder;

    private final SecureRandom random = new SecureRandom();
    private final String reader = ApiKey.draw(random);
    private final String submitter = ApiKey.draw(random);

    private Path file() throws IOException {
        Path file = folder.resolve("keys");
        KeysFile.write(
                file,
                List.of(
                        ApiKey.of("reader", Set.of(Role.READ), reader),
                        ApiKey.of("submitter", Set.of(Role.SUBMIT), submitter)));
        return file;
    }

    private static ThrowingCallable asking(Access access, Role role, String key) {
        return () -> access.check(role, "example.org", "Bearer " + key);
    }

    private static int status(Throwable refusal) {
        return ((RefusedRequestException) refusal).problem().status();
    }

    @Test
    void shouldAllowWhatTheRoleIncludes() throws IOException {
        // Given
        Access access = KeyAccess.of(file());

        // When, Then
        assertThatCode(asking(access, Role.READ, reader)).doesNotThrowAnyException();
        assertThatCode(asking(access, Role.READ, submitter)).doesNotThrowAnyException();
        assertThatCode(asking(access, Role.SUBMIT, submitter)).doesNotThrowAnyException();
        assertThatThrownBy(asking(access, Role.SUBMIT, reader))
                .satisfies(refusal -> assertThat(status(refusal)).isEqualTo(403));
        assertThatThrownBy(asking(access, Role.ADMIN, submitter))
                .satisfies(refusal -> assertThat(status(refusal)).isEqualTo(403));
    }

    @Test
    void shouldRefuseWhatIsNoKeyAndNeverRepeatIt() throws IOException {
        // Given
        Path file = file();
        Access access = KeyAccess.of(file);
        String hash = Files.readAllLines(file).get(1).split(" ")[2];

        // When, Then
        for (String wrong : List.of("", "x", reader + "x", hash, reader.substring(1))) {
            assertThatThrownBy(asking(access, Role.READ, wrong)).satisfies(refusal -> {
                assertThat(status(refusal)).isEqualTo(401);
                if (wrong.length() > 1) {
                    assertThat(refusal.getMessage()).doesNotContain(wrong);
                }
            });
        }
        assertThatThrownBy(() -> access.check(Role.READ, "localhost", null))
                .isInstanceOf(RefusedRequestException.class);
        assertThatThrownBy(() -> access.check(Role.READ, "localhost", "Basic " + reader))
                .isInstanceOf(RefusedRequestException.class);
        assertThatCode(() -> access.check(Role.READ, null, "bearer " + reader)).doesNotThrowAnyException();
    }

    @Test
    void shouldReadTheFileAgainWhenItChanges() throws IOException {
        // Given
        Path file = file();
        Access access = KeyAccess.of(file);

        // When
        KeysFile.write(file, List.of(ApiKey.of("submitter", Set.of(Role.SUBMIT), submitter)));

        // Then
        assertThatThrownBy(asking(access, Role.READ, reader))
                .satisfies(refusal -> assertThat(status(refusal)).isEqualTo(401));
        assertThatCode(asking(access, Role.SUBMIT, submitter)).doesNotThrowAnyException();

        // And nobody may while it cannot be read
        Files.writeString(file, "broken\n");
        assertThatThrownBy(asking(access, Role.SUBMIT, submitter)).isInstanceOf(RefusedRequestException.class);
        Files.delete(file);
        assertThatThrownBy(asking(access, Role.SUBMIT, submitter)).isInstanceOf(RefusedRequestException.class);
        file();
        assertThatCode(asking(access, Role.READ, reader)).doesNotThrowAnyException();
    }

    @Test
    void shouldNotShowALineThatMayHoldAKey() throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), "# fine\n\nalice submit " + reader + "\n");
        assertThatThrownBy(() -> KeyAccess.of(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Line 3")
                .hasMessageNotContaining(reader);
        assertThatThrownBy(() -> KeyAccess.of(folder.resolve("none")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("dallemini keys create");
    }
}
