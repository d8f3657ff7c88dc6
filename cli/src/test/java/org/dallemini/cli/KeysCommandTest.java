package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysCommandTest {
    @TempDir
    Path temp;

    private InProcess keys(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "keys";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 2] = "--file";
        all[all.length - 1] = temp.resolve("api.keys").toString();
        return InProcess.run(temp, all);
    }

    @Test
    void shouldCreateListAndRevoke() throws IOException {
        // When
        InProcess created = keys("create", "--name", "alice", "--role", "submit");
        InProcess other = keys("create", "--name", "bob", "--role", "read", "--output", "json");

        // Then: the key is printed, and only its hash is kept
        String key = created.out().strip();
        assertThat(created.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(key).matches("dallemini_[A-Za-z0-9_-]{43}");
        JsonNode json = new ObjectMapper().readTree(other.out());
        assertThat(json.path("name").asText()).isEqualTo("bob");
        assertThat(json.path("key").asText()).startsWith("dallemini_").isNotEqualTo(key);
        Path file = temp.resolve("api.keys");
        assertThat(Files.readString(file))
                .containsPattern("(?m)^alice submit [0-9a-f]{64}$")
                .doesNotContain(key.substring(10));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(keys("list").out()).isEqualTo("alice submit\nbob read\n");

        // And
        assertThat(keys("create", "--name", "alice", "--role", "admin").exitCode())
                .isEqualTo(ExitCode.FAILURE);
        assertThat(keys("revoke", "alice").exitCode()).isEqualTo(ExitCode.OK);
        assertThat(keys("revoke", "alice").exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(keys("list").out()).isEqualTo("bob read\n");
    }

    @Test
    void shouldGiveAKeyAFilterOfItsOwn() throws IOException {
        // When
        keys("create", "--name", "alice", "--role", "submit");
        keys("create", "--name", "museum", "--role", "submit", "--filter-prompt", "flag");

        // Then
        assertThat(keys("list").out()).isEqualTo("alice submit\nmuseum submit filter.prompt=flag\n");
        assertThat(keys("list", "--output", "json").out())
                .contains("\"filterPrompt\":null", "\"filterPrompt\":\"flag\"");
        assertThat(Files.readString(temp.resolve("api.keys")))
                .containsPattern("(?m)^museum submit [0-9a-f]{64} filter.prompt=flag$");
        assertThat(keys("create", "--name", "b", "--role", "submit", "--filter-prompt", "never")
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldSayWhatIsMissing() {
        assertThat(keys("create", "--name", "a b", "--role", "read").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(keys("create", "--name", "a", "--role", "root").exitCode()).isEqualTo(ExitCode.USAGE);
        InProcess nowhere = InProcess.run(temp, "keys", "list");
        assertThat(nowhere.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(nowhere.err()).contains("api.keys.file");
        assertThat(keys("list").exitCode()).isEqualTo(ExitCode.FAILURE);
    }
}
