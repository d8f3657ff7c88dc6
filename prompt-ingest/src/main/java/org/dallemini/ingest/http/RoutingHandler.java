package org.dallemini.ingest.http;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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

    public List<Route> routes() {
        return routes;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        answer(request).write(response, callback);
        return true;
    }

    private Answer answer(Request request) {
        String path = path(request);
        List<Route> there = routes(path);
        Function<Problem, Answer> refusal = refusal(there);
        try {
            return answer(request, path, there);
        } catch (RefusedRequestException e) {
            return refusal.apply(e.problem());
        } catch (IOException e) {
            return refusal.apply(Problem.of(400, "incomplete-body", "The body did not arrive."));
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", request.getMethod(), path, e);
            return refusal.apply(Problem.internalError());
        }
    }

    private Answer answer(Request request, String path, List<Route> there) throws RefusedRequestException, IOException {
        for (Route route : there) {
            if (route.method().equals(request.getMethod())) {
                Caller caller = access.check(
                        route.role(),
                        request.getHeaders().get(HttpHeader.HOST),
                        request.getHeaders().get(HttpHeader.AUTHORIZATION));
                Map<String, String> variables = route.match(path).orElseThrow();
                return route.endpoint().handle(new Call(request, variables, caller, maxBodyBytes));
            }
        }
        throw new RefusedRequestException(
                there.isEmpty()
                        ? Problem.of(404, "unknown-path", "There is nothing here: docs/api.md names all paths.")
                        : Problem.unknownMethod(
                                there.stream().map(Route::method).toList()));
    }

    /** As it was sent: nothing that is served here has a character that needs to be escaped. */
    private static String path(Request request) {
        String path = request.getHttpURI().getPath();
        return path == null ? "" : path;
    }

    private List<Route> routes(String path) {
        return routes.stream().filter(route -> route.match(path).isPresent()).toList();
    }

    private static Function<Problem, Answer> refusal(List<Route> there) {
        return there.isEmpty() ? Answer::problem : there.get(0).refusal();
    }

    /** For what the server refuses before it gets here: malformed or oversized requests. */
    public boolean error(Request request, Response response, Callback callback) {
        int status = response.getStatus() >= 400 ? response.getStatus() : 500;
        String detail = HttpStatus.getMessage(status) + ": the request was refused by the server.";
        refusal(routes(path(request)))
                .apply(Problem.of(status, "http-" + status, detail))
                .write(response, callback);
        return true;
    }
}
