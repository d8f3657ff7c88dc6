package org.dallemini.ingest.webhooks;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** Receives webhooks by real HTTP, and verifies them with the genuine library. */
final class Receiver implements AutoCloseable {
    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server, 1, 1);
    private final List<Message> messages = new CopyOnWriteArrayList<>();

    /** What was received. */
    record Message(String id, String path, String body) {}

    /** Answers what was received. */
    interface Answerer {
        /** @return false if it answers later, or never */
        boolean answer(Response response, Callback callback);
    }

    private Receiver(int port, Answerer answerer) throws Exception {
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                messages.add(verified(request, Content.Source.asString(request, StandardCharsets.UTF_8)));
                if (answerer.answer(response, callback)) {
                    callback.succeeded();
                }
                return true;
            }
        });
        server.start();
    }

    /** @param port 0 for any */
    static Receiver start(int port, Answerer answerer) throws Exception {
        return new Receiver(port, answerer);
    }

    static Receiver start(int port, int status) throws Exception {
        return start(port, (response, callback) -> {
            response.setStatus(status);
            return true;
        });
    }

    private static Message verified(Request request, String body) throws WebhookVerificationException {
        var headers = HttpHeaders.of(
                Map.of(
                        "webhook-id", List.of(request.getHeaders().get("webhook-id")),
                        "webhook-timestamp", List.of(request.getHeaders().get("webhook-timestamp")),
                        "webhook-signature", List.of(request.getHeaders().get("webhook-signature"))),
                (name, value) -> true);
        new Webhook(SECRET).verify(body, headers); // else the answer is 500, and nothing was received
        return new Message(request.getHeaders().get("webhook-id"), Request.getPathInContext(request), body);
    }

    List<Message> messages() {
        return List.copyOf(messages);
    }

    int port() {
        return connector.getLocalPort();
    }

    String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
