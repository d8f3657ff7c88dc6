package org.dallemini.ingest.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the route of a request, checks that the caller may use it, and sends what its endpoint answers. */
public final class RoutingHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(RoutingHandler.class);

    private final List<Route> routes;
    private final Access access;
    private final int maxBodyBytes;

    /**
     * @param routes the first that fits is taken
     * @param maxBodyBytes most bytes of a body that is read
     */
    public RoutingHandler(List<Route> routes, Access access, int maxBodyBytes) {
        this.routes = List.copyOf(routes);
        this.access = access;
        this.maxBodyBytes = maxBodyBytes;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        answer(request).write(response, callback);
        return true;
    }

    private Answer answer(Request request) {
        try {
            return route(request);
        } catch (RefusedRequestException e) {
            return Answer.problem(e.problem());
        } catch (IOException e) {
            return Answer.problem(Problem.of(400, "incomplete-body", "The body did not arrive."));
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", request.getMethod(), path(request), e);
            return Answer.problem(Problem.of(500, "internal-error", "This should not happen; the log says more."));
        }
    }

    private Answer route(Request request) throws RefusedRequestException, IOException {
        String path = path(request);
        List<String> methods = new ArrayList<>();
        for (Route route : routes) {
            Optional<Map<String, String>> variables = route.match(path);
            if (variables.isPresent() && route.method().equals(request.getMethod())) {
                access.check(
                        route.role(),
                        request.getHeaders().get(HttpHeader.HOST),
                        request.getHeaders().get(HttpHeader.AUTHORIZATION));
                return route.endpoint().handle(new Call(request, variables.get(), maxBodyBytes));
            }
            variables.ifPresent(any -> methods.add(route.method()));
        }
        throw new RefusedRequestException(
                methods.isEmpty()
                        ? Problem.of(404, "unknown-path", "There is nothing here: docs/api.md names all paths.")
                        : Problem.unknownMethod(methods));
    }

    /** As it was sent: nothing that is served here has a character that needs to be escaped. */
    private static String path(Request request) {
        String path = request.getHttpURI().getPath();
        return path == null ? "" : path;
    }

    /** For what the server refuses before it gets here: malformed or oversized requests. */
    public static boolean error(Request request, Response response, Callback callback) {
        int status = response.getStatus() >= 400 ? response.getStatus() : 500;
        String reason = HttpStatus.getMessage(status);
        Answer.problem(Problem.of(status, "http-" + status, reason + ": the request was refused by the server."))
                .write(response, callback);
        return true;
    }
}
