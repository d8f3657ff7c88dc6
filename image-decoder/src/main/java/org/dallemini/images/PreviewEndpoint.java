package org.dallemini.images;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.png.Provenance;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.filter.Door;
import org.dallemini.filter.ImageFilter;
import org.dallemini.stage.RejectedRecordException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes images that are still being drawn, for those who watch: {@code POST /decode?rows=16&columns=16}, with the
 * first image tokens as {@code application/octet-stream}, as they are in {@code ImagePreview}. Answers with a PNG of
 * the whole image, with 503 if records or another preview leave no time, or with 403 if the image filter refuses it.
 */
final class PreviewEndpoint implements HttpHandler {
    static final String PATH = "/decode";

    private static final Logger log = LoggerFactory.getLogger(PreviewEndpoint.class);

    /** Foreign web pages cannot make a browser send this without asking. */
    private static final String TOKENS = "application/octet-stream";

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final Pattern GRID = Pattern.compile("rows=(\\d{1,4})&columns=(\\d{1,4})");

    private final Decoding decoding;
    private final ImageFilter filter;
    private final int rows;
    private final int columns;
    private final Duration timeout;

    /** Decodes beside the records. */
    interface Decoding {
        /** Empty if there is no time for it. */
        Optional<RgbImage> decode(int[] tokens, Duration timeout) throws InterruptedException, ExecutionException;
    }

    /**
     * @param filter judges what is to be shown, as it is to be shown
     * @param rows that the VQGAN decodes
     * @param columns that it decodes
     * @param timeout how long somebody waits
     */
    PreviewEndpoint(Decoding decoding, ImageFilter filter, int rows, int columns, Duration timeout) {
        this.decoding = decoding;
        this.filter = filter;
        this.rows = rows;
        this.columns = columns;
        this.timeout = timeout;
    }

    /** What is answered. */
    private record Reply(int status, String type, byte[] body, Map<String, String> headers) {
        static Reply text(int status, String text, Map<String, String> headers) {
            return new Reply(status, TEXT, (text + "\n").getBytes(StandardCharsets.UTF_8), headers);
        }

        static Reply text(int status, String text) {
            return text(status, text, Map.of());
        }
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        Reply reply = reply(exchange);
        exchange.getResponseHeaders().set("Content-Type", reply.type);
        reply.headers.forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(reply.status, reply.body.length);
        exchange.getResponseBody().write(reply.body);
    }

    private Reply reply(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            return Reply.text(405, "Only POST", Map.of("Allow", "POST"));
        }
        if (!TOKENS.equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
            return Reply.text(415, "Send image tokens as " + TOKENS);
        }
        Matcher grid = GRID.matcher(String.valueOf(exchange.getRequestURI().getQuery()));
        if (!grid.matches()) {
            return Reply.text(400, "Say what the tokens are of, for example " + PATH + "?rows=16&columns=16");
        }
        if (Integer.parseInt(grid.group(1)) != rows || Integer.parseInt(grid.group(2)) != columns) {
            return Reply.text(422, "This VQGAN decodes " + rows + " rows and " + columns + " columns of tokens");
        }
        int most = Short.BYTES * rows * columns;
        byte[] body = exchange.getRequestBody().readNBytes(most + 1);
        if (body.length == 0 || body.length % Short.BYTES != 0 || body.length > most) {
            return Reply.text(400, "Send 1 to " + rows * columns + " tokens of 2 bytes each, little endian");
        }
        return decode(new PartialGrid(TokenGrid.tokens(ByteBuffer.wrap(body)), rows, columns));
    }

    private Reply decode(PartialGrid grid) {
        try {
            return decoding.decode(grid.filled(), timeout)
                    .map(image -> judged(grid.veil(image)))
                    .orElseGet(() -> Reply.text(503, "Others are decoded at present", Map.of("Retry-After", "1")));
        } catch (ExecutionException e) {
            log.warn("A preview cannot be decoded", e.getCause());
            return Reply.text(500, "Decoding fails: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Reply.text(503, "The stage stops", Map.of("Retry-After", "1"));
        }
    }

    private Reply judged(RgbImage image) {
        try {
            filter.judge(image, Door.PREVIEW).admitted("this picture");
            return new Reply(200, "image/png", PngWriter.write(image, Provenance.ofPreview()), Map.of());
        } catch (RejectedRecordException e) {
            return Reply.text(403, e.code().code() + ": " + e.problem());
        } catch (RuntimeException e) {
            log.warn("A preview cannot be judged", e);
            return Reply.text(500, "The image filter fails: " + e);
        }
    }
}
