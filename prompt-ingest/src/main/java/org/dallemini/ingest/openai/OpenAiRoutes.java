package org.dallemini.ingest.openai;

import java.util.List;
import java.util.Map;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Endpoint;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.http.Role;
import org.dallemini.ingest.http.Route;

/** What OpenAI's clients may ask for. */
public final class OpenAiRoutes {
    private static final String MODELS = "/v1/models";

    /** Whatever checkpoint draws: clients keep the name in their settings. */
    private static final Map<String, Object> MODEL =
            Map.of("id", "dalle-mini", "object", "model", "created", 0, "owned_by", "dallemini");

    private OpenAiRoutes() {}

    public static List<Route> of(Generations generations) {
        return List.of(
                route("POST", "/v1/images/generations", Role.SUBMIT, generations::generate),
                route(
                        "GET",
                        MODELS,
                        Role.READ,
                        call -> Answer.json(200, Map.of("object", "list", "data", List.of(MODEL)))),
                route("GET", MODELS + "/{model}", Role.READ, call -> model(call.variable("model"))));
    }

    private static Route route(String method, String path, Role role, Endpoint endpoint) {
        return new Route(method, path, role, endpoint, OpenAiError::of);
    }

    private static Answer model(String name) throws RefusedRequestException {
        if (!name.equals(MODEL.get("id"))) {
            throw new RefusedRequestException(
                    Problem.of(404, "model-not-found", "There is no such model here: /v1/models lists what there is."));
        }
        return Answer.json(200, MODEL);
    }
}
