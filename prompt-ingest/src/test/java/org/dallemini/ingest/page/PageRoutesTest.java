package org.dallemini.ingest.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dallemini.ingest.http.Route;
import org.junit.jupiter.api.Test;

class PageRoutesTest {
    private static final Path FOLDER = Path.of("src", "main", "resources", "org", "dallemini", "ingest", "page");
    private static final Pattern IMPORT = Pattern.compile("from \"\\./([^\"]+)\"");
    private static final Pattern REFERENCE = Pattern.compile("(?:src|href)=\"/page/([^\"]+)\"");

    private static List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> Objects.requireNonNull(file.getFileName()).toString())
                    .toList();
        }
    }

    @Test
    void shouldServeEveryFileOfThePageToAnybody() throws IOException {
        // When
        List<Route> routes = PageRoutes.of();

        // Then
        assertThat(routes).extracting(Route::path).contains("/");
        assertThat(routes)
                .extracting(Route::path)
                .filteredOn(path -> !path.equals("/"))
                .containsExactlyInAnyOrderElementsOf(files().stream()
                        .filter(name -> !name.equals("index.html"))
                        .map("/page/"::concat)
                        .toList());
        assertThat(routes).extracting(Route::role).containsOnlyNulls();
    }

    /** What is missing would be noticed only by somebody who opens that view. */
    @Test
    void shouldReferToNothingThatIsNotThere() throws IOException {
        List<String> there = files();
        for (String name : there) {
            String text = Files.readString(FOLDER.resolve(name));
            Pattern reference = name.equals("index.html") ? REFERENCE : IMPORT;
            assertThat(reference.matcher(text).results().map((MatchResult found) -> found.group(1)))
                    .as(name)
                    .isSubsetOf(there);
            assertThat(text)
                    .as(name)
                    .doesNotContain("innerHTML", "insertAdjacentHTML", "document.write", "eval(", "style=\"");
        }
    }

    /** It comes in many small files, over whatever line there is. */
    @Test
    void shouldStayBelow150Kilobytes() throws IOException {
        long size = 0;
        for (String name : files()) {
            size += Files.size(FOLDER.resolve(name));
        }
        assertThat(size).isLessThan(150_000);
    }
}
