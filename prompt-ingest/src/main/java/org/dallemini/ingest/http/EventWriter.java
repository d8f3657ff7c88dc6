package org.dallemini.ingest.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Writes server-sent events (HTML Living Standard, section 9.2) to one client, one piece after the other; never blocks.
 * All calls come from the one thread of the executor, which whatever follows is run on too.
 */
public final class EventWriter {
    private final Response response;
    private final Callback callback;
    private final Executor thread;
    private final Runnable whenReady;
    private final Runnable whenGone;
    private final StringBuilder text = new StringBuilder();
    private boolean isWriting;
    private volatile boolean isClosed;

    /**
     * @param callback completed when the stream ends
     * @param whenReady run whenever a piece has been taken by the client, or by the buffers before it
     * @param whenGone run once, if the client is found to be gone
     */
    public EventWriter(Response response, Callback callback, Executor thread, Runnable whenReady, Runnable whenGone) {
        this.response = response;
        this.callback = callback;
        this.thread = thread;
        this.whenReady = whenReady;
        this.whenGone = whenGone;
        begin(response);
    }

    /** Status and headers of a stream, as of each that is opened. */
    private static void begin(Response response) {
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.getHeaders().put("X-Accel-Buffering", "no"); // proxies must not buffer events
    }

    /** The beginning of a stream and no more, for those who ask for nothing but the headers. */
    public static Answer beginning() {
        return (response, callback) -> {
            begin(response);
            response.write(true, ByteBuffer.allocate(0), callback);
        };
    }

    /** Whether the last piece has been taken: what is written now is sent at once. */
    public boolean isReady() {
        return !isWriting && !isClosed;
    }

    /** Characters that wait for {@link #flush}. */
    public int pending() {
        return text.length();
    }

    /**
     * Adds an event.
     *
     * @param data of one line
     */
    public void event(String name, String id, String data) {
        text.append("event: ").append(name).append("\nid: ").append(id);
        text.append("\ndata: ").append(data).append("\n\n");
    }

    /**
     * Adds an event that a client which connects again does not ask for: its id stays that of the one before.
     *
     * @param data of one line
     */
    public void event(String name, String data) {
        text.append("event: ").append(name).append("\ndata: ").append(data).append("\n\n");
    }

    /** Adds something that clients do not notice. */
    public void comment() {
        text.append(":\n\n");
    }

    /** Adds how long clients shall wait before they connect again, in milliseconds. */
    public void retry(int millis) {
        text.append("retry: ").append(millis).append("\n\n");
    }

    /** Sends what has been added. Only when {@link #isReady}. */
    public void flush() {
        if (text.isEmpty()) {
            return;
        }
        isWriting = true;
        response.write(false, bytes(), Callback.from(() -> run(this::written), failure -> run(() -> fail(failure))));
    }

    /** Sends what has been added and ends the stream. */
    public void end() {
        if (!isClosed) {
            isClosed = true;
            if (isWriting) {
                callback.failed(new IllegalStateException("the stream ends while its client is slow"));
            } else {
                response.write(true, bytes(), callback);
            }
        }
    }

    private ByteBuffer bytes() {
        ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
        text.setLength(0);
        return bytes;
    }

    private void run(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            if (!isClosed) {
                callback.failed(e); // the server stops
            }
        }
    }

    private void written() {
        isWriting = false;
        if (!isClosed) {
            whenReady.run();
        }
    }

    private void fail(Throwable failure) {
        if (!isClosed) {
            isClosed = true;
            callback.failed(failure);
            whenGone.run();
        }
    }
}
