package org.dallemini.ingest.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Route;

/** The API's description of itself, as OpenAPI has it. It is kept by hand; tests hold every answer against it. */
public final class OpenApi {
    private OpenApi() {}

    public static Route route() {
        byte[] document = document();
        return new Route(
                "GET", "/openapi.json", null, call -> Answer.bytes(200, "application/json", document, Map.of()));
    }

    static byte[] document() {
        try (InputStream in = OpenApi.class.getResourceAsStream("openapi.json")) {
            return Objects.requireNonNull(in).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
