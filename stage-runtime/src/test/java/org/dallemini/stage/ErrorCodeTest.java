package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {
    private static final Pattern ROW = Pattern.compile("\\| `([a-z-]+)` \\| .+ \\|");

    @Test
    void shouldBeInThePublishedTableAndNoOthers() throws IOException {
        // Given
        String document = Files.readString(Path.of(System.getProperty("dallemini.root"), "docs", "events.md"));
        String table = document.substring(document.indexOf("| code | meaning |"));

        // When
        var published = table.lines()
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(line -> {
                    var row = ROW.matcher(line);
                    assertThat(row.matches()).as(line).isTrue();
                    return row.group(1);
                });

        // Then
        assertThat(published)
                .containsExactlyElementsOf(
                        Arrays.stream(ErrorCode.values()).map(ErrorCode::code).toList());
    }
}
