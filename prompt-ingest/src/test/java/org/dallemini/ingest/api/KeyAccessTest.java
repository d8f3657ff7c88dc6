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
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.http.Role;
import org.dallemini.stage.config.FilterMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyAccessTest {
    private static final FilterModes MODES = new FilterModes(FilterMode.REFUSE, false);

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
        Access access = KeyAccess.of(file(), MODES);

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
        Access access = KeyAccess.of(file, MODES);
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
        Access access = KeyAccess.of(file, MODES);

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
    void shouldTellTheModeOfAKey() throws Exception {
        // Given
        Path file = folder.resolve("keys");
        KeysFile.write(
                file,
                List.of(
                        ApiKey.of("reader", Set.of(Role.READ), reader),
                        ApiKey.of("submitter", Set.of(Role.SUBMIT), submitter).withPromptFilter(FilterMode.FLAG)));
        Access access = KeyAccess.of(file, new FilterModes(FilterMode.REFUSE, true));

        // When, Then
        assertThat(access.check(Role.READ, "localhost", "Bearer " + reader)).isEqualTo(new Caller("reader", null));
        assertThat(access.check(Role.SUBMIT, "localhost", "Bearer " + submitter))
                .isEqualTo(new Caller("submitter", FilterMode.FLAG));
        assertThat(Files.readString(file)).containsPattern("(?m)^submitter submit [0-9a-f]{64} filter.prompt=flag$");
    }

    @Test
    void shouldRefuseALaxerKeyThatNothingCouldBeSignedFor() throws Exception {
        // Given
        Path file = file();
        Access access = KeyAccess.of(file, MODES);
        ApiKey lax = ApiKey.of("lax", Set.of(Role.SUBMIT), submitter).withPromptFilter(FilterMode.OFF);

        // When: it comes later, or is there at the start
        KeysFile.write(file, List.of(lax));

        // Then
        assertThat(access.check(Role.SUBMIT, "localhost", "Bearer " + submitter))
                .isEqualTo(new Caller("lax", null));
        assertThatThrownBy(() -> KeyAccess.of(file, MODES))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("lax", "filter.prompt=off", "filter.prompt=refuse", "moderation.release.key");
        assertThatCode(() -> KeyAccess.of(file, new FilterModes(FilterMode.FLAG, false)))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldNotShowALineThatMayHoldAKey() throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), "# fine\n\nalice submit " + reader + "\n");
        assertThatThrownBy(() -> KeyAccess.of(file, MODES))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Line 3")
                .hasMessageNotContaining(reader);
        assertThatThrownBy(() -> KeyAccess.of(folder.resolve("none"), MODES))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("dallemini keys create");
        Files.writeString(file, "alice submit " + "0".repeat(64) + " filter.prompt=never\n");
        assertThatThrownBy(() -> KeyAccess.of(file, MODES)).hasMessageContaining("Line 1");
    }
}
