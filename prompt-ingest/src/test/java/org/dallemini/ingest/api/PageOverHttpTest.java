package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.Role;
import org.dallemini.ingest.http.RoutingHandler;
import org.dallemini.ingest.page.PageRoutes;
import org.dallemini.stage.config.FilterMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of the page as a browser gets them, where the API asks for keys. */
class PageOverHttpTest {
    @TempDir
    private Path folder;

    private ApiServer server;
    private Http http;

    @BeforeEach
    void start() throws IOException {
        Path keys = folder.resolve("keys");
        KeysFile.write(keys, List.of(ApiKey.of("reader", Set.of(Role.READ), ApiKey.draw(new SecureRandom()))));
        server = ApiServer.listen(
                "127.0.0.1",
                0,
                new RoutingHandler(
                        PageRoutes.of(), KeyAccess.of(keys, new FilterModes(FilterMode.REFUSE, false)), 1000),
                () -> {},
                () -> {});
        http = new Http(server.port(), null);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shouldGiveThePageWithAStrictPolicyToThoseWithoutKey() {
        // When
        HttpResponse<byte[]> page = http.bytes("/");

        // Then
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'")
                .doesNotContain("unsafe", "*", "http");
        assertThat(http.bytes("/page/main.js").headers().firstValue("Content-Type"))
                .contains("text/javascript; charset=utf-8");
        assertThat(http.bytes("/page/page.css").headers().firstValue("Content-Type"))
                .contains("text/css; charset=utf-8");
        assertThat(http.bytes("/page/icon.svg").headers().firstValue("Content-Type"))
                .contains("image/svg+xml");
    }

    @Test
    void shouldSendAFileOnceUntilItChanges() {
        // Given
        String tag = http.bytes("/page/main.js").headers().firstValue("ETag").orElseThrow();

        // When, Then
        assertThat(http.bytes("/page/main.js", "If-None-Match", tag).statusCode())
                .isEqualTo(304);
        HttpResponse<byte[]> other = http.bytes("/page/draw.js", "If-None-Match", tag);
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.headers().firstValue("Cache-Control")).contains("no-cache");
    }

    @Test
    void shouldGiveNoOtherFile() {
        assertThat(http.get("/page/PageFile.class").code()).isEqualTo("unknown-path");
        assertThat(http.get("/page/").code()).isEqualTo("unknown-path");
        assertThat(http.get("/page/index.html").code()).isEqualTo("unknown-path");
        assertThat(http.get("/page/..%2fapi%2fApiKey.class").status()).isGreaterThanOrEqualTo(400);
    }
}
