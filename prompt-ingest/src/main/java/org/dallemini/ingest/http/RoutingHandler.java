package org.dallemini.ingest.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.dallemini.stage.tracing.TraceSpan;
import org.dallemini.stage.tracing.TraceSpan.Scope;
import org.dallemini.stage.tracing.Tracing;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the route of a request, checks that the caller may use it, and sends what its endpoint answers. {@code HEAD} is
 * answered as {@code GET}, without the content; {@code OPTIONS} with what may be done at the path.
 */
public final class RoutingHandler extends Handler.Abstract {
    private static final Logger log = LoggerFactory.getLogger(RoutingHandler.class);

    private final List<Route> routes;
    private final Access access;
    private final int maxBodyBytes;
    private final Origins origins;
    private final List<Area> areas;
    private final Tracing tracing;

    /** Without areas of their own, without spans, and for no page but those it serves. */
    public RoutingHandler(List<Route> routes, Access access, int maxBodyBytes) {
        this(routes, access, maxBodyBytes, Origins.NONE, List.of(), Tracing.OFF);
    }

    /**
     * @param routes the first that fits is taken
     * @param maxBodyBytes most bytes of a body that is read
     * @param origins whose pages may ask
     * @param areas the first that holds a path says what is said where there is no route
     * @param tracing begins a span for each request that changes something
     */
    public RoutingHandler(
            List<Route> routes, Access access, int maxBodyBytes, Origins origins, List<Area> areas, Tracing tracing) {
        this.routes = List.copyOf(routes);
        this.access = access;
        this.maxBodyBytes = maxBodyBytes;
        this.origins = origins;
        this.areas = List.copyOf(areas);
        this.tracing = tracing;
    }

    public List<Route> routes() {
        return routes;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        origins.tell(request.getHeaders(), response.getHeaders());
        String path = path(request);
        List<Route> there = routes(path);
        TraceSpan span = span(request, there);
        try (Scope scope = span.enter()) {
            answer(request, path, there).write(response, Callback.from(callback, () -> {
                span.answered(response.getStatus());
                span.end();
            }));
        }
        return true;
    }

    private TraceSpan span(Request request, List<Route> there) {
        String method = request.getMethod();
        return there.stream()
                .filter(route -> route.method().equals(method) && !HttpMethod.GET.is(method))
                .findFirst()
                .map(route -> tracing.request(method, route.path(), request.getHeaders()::get))
                .orElse(TraceSpan.NONE);
    }

    private Answer answer(Request request, String path, List<Route> there) {
        Function<Problem, Answer> refusal = refusal(path, there);
        try {
            return routed(request, path, there);
        } catch (RefusedRequestException e) {
            return UnreadBody.before(request, refusal.apply(e.problem()));
        } catch (IOException e) {
            return refusal.apply(Problem.of(400, "incomplete-body", "The body did not arrive."));
        } catch (RuntimeException e) {
            log.error("{} {} failed", request.getMethod(), path, e);
            return refusal.apply(Problem.internalError());
        }
    }

    private Answer routed(Request request, String path, List<Route> there) throws RefusedRequestException, IOException {
        if (there.isEmpty()) {
            String nothing = area(path).nothing().apply(path);
            throw new RefusedRequestException(Problem.of(404, "unknown-path", nothing));
        }
        String asked = request.getMethod();
        String method = HttpMethod.HEAD.is(asked) ? HttpMethod.GET.asString() : asked;
        for (Route route : there) {
            if (route.method().equals(method)) {
                Caller caller = check(route.role(), request);
                Map<String, String> variables = route.match(path).orElseThrow();
                boolean isAllowed = origins.allow(request.getHeaders());
                return route.endpoint().handle(new Call(request, variables, caller, isAllowed, maxBodyBytes));
            }
        }
        List<String> methods = methods(there);
        if (!HttpMethod.OPTIONS.is(asked)) {
            throw new RefusedRequestException(Problem.unknownMethod(methods));
        }
        check(null, request);
        return (response, callback) -> {
            origins.permit(request.getHeaders(), methods, response.getHeaders());
            Answer.nothing(Map.of(HttpHeader.ALLOW.asString(), String.join(", ", methods)))
                    .write(response, callback);
        };
    }

    private Caller check(@Nullable Role needed, Request request) throws RefusedRequestException {
        return access.check(
                needed,
                request.getHeaders().get(HttpHeader.HOST),
                request.getHeaders().get(HttpHeader.AUTHORIZATION));
    }

    /** What may be asked for at a path. */
    private static List<String> methods(List<Route> there) {
        List<String> methods = new ArrayList<>();
        for (Route route : there) {
            methods.add(route.method());
            if (HttpMethod.GET.is(route.method())) {
                methods.add(HttpMethod.HEAD.asString());
            }
        }
        methods.add(HttpMethod.OPTIONS.asString());
        return methods;
    }

    /** As it was sent: nothing that is served here has a character that needs to be escaped. */
    private static String path(Request request) {
        String path = request.getHttpURI().getPath();
        return path == null ? "" : path;
    }

    private List<Route> routes(String path) {
        return routes.stream().filter(route -> route.match(path).isPresent()).toList();
    }

    private Area area(String path) {
        return areas.stream()
                .filter(area -> area.holds().test(path))
                .findFirst()
                .orElse(Area.REST);
    }

    private Function<Problem, Answer> refusal(String path, List<Route> there) {
        return there.isEmpty() ? area(path).refusal() : there.get(0).refusal();
    }

    /** For what the server refuses before it gets here: malformed or oversized requests. */
    public boolean error(Request request, Response response, Callback callback) {
        int status = response.getStatus() >= 400 ? response.getStatus() : 500;
        String detail = HttpStatus.getMessage(status) + ": the request was refused by the server.";
        String path = path(request);
        origins.tell(request.getHeaders(), response.getHeaders());
        refusal(path, routes(path))
                .apply(Problem.of(status, "http-" + status, detail))
                .write(response, callback);
        return true;
    }
}
