package org.dallemini.ingest.openai;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Area;
import org.dallemini.ingest.http.Endpoint;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.http.Role;
import org.dallemini.ingest.http.Route;
import org.dallemini.ingest.model.DrawingModel;
import org.dallemini.ingest.model.ModelCard;

/** What OpenAI's clients may ask for. */
public final class OpenAiRoutes {
    private static final String MODELS = "/v1/models";

    private OpenAiRoutes() {}

    /** @param model that draws, whatever name a request has for it */
    public static List<Route> of(Generations generations, DrawingModel model) {
        return List.of(
                route("POST", "/v1/images/generations", Role.SUBMIT, generations::generate),
                route("POST", "/v1/images/edits", Role.SUBMIT, generations::edit),
                route("POST", "/v1/images/variations", Role.SUBMIT, generations::vary),
                route("GET", MODELS, Role.READ, call -> models(model)),
                route("GET", MODELS + "/{model}", Role.READ, call -> model(call.variable("model"), model)));
    }

    /** Where else OpenAI's clients may ask, in vain. */
    public static Area area() {
        return OpenAiArea.area();
    }

    private static Route route(String method, String path, Role role, Endpoint endpoint) {
        return new Route(method, path, role, endpoint, OpenAiError::of);
    }

    /** Empty while the model is unknown. */
    private static Answer models(DrawingModel model) {
        List<Map<String, Object>> known =
                model.card().map(card -> model(card.name())).stream().toList();
        return Answer.json(200, Map.of("object", "list", "data", known));
    }

    private static Answer model(String asked, DrawingModel model) throws RefusedRequestException {
        ModelCard card = model.card()
                .filter(known -> known.name().equals(asked))
                .orElseThrow(() -> new RefusedRequestException(Problem.of(
                        404, "model-not-found", "There is no such model here: /v1/models lists what there is.")));
        Map<String, Object> fields = model(asked);
        fields.put("card", DrawingModel.json(card)); // which OpenAI's clients pass over
        return Answer.json(200, fields);
    }

    private static Map<String, Object> model(String name) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", name);
        fields.put("object", "model");
        fields.put("created", 0);
        fields.put("owned_by", "dallemini");
        return fields;
    }
}
