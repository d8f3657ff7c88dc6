package org.dallemini.ingest.http;

import java.time.Duration;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * Takes what a client still sends of a request that is refused: many clients send all of it before they look at the
 * answer, and would find a broken connection in place of the reason. No thread waits for it.
 */
final class UnreadBody implements Runnable {
    private static final long MAX_BYTES = 64 << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Request request;
    private final Runnable then;
    private final long end = System.nanoTime() + TIMEOUT.toNanos();
    private long bytes;

    private UnreadBody(Request request, Runnable then) {
        this.request = request;
        this.then = then;
    }

    /** The answer, given when the body has come, or enough of it. */
    static Answer before(Request request, Answer answer) {
        boolean waitsForUs = request.getHeaders().contains(HttpHeader.EXPECT); // and sends nothing until we ask for it
        return waitsForUs
                ? answer
                : (response, callback) -> new UnreadBody(request, () -> answer.write(response, callback)).run();
    }

    @Override
    public void run() {
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return;
            }
            boolean isEnd = chunk.isLast() || Content.Chunk.isFailure(chunk);
            bytes += chunk.remaining();
            chunk.release();
            if (isEnd || bytes > MAX_BYTES || System.nanoTime() - end > 0) {
                then.run();
                return;
            }
        }
    }
}
