package org.dallemini.ingest.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Route;
import org.jspecify.annotations.Nullable;

/** The model that draws, as far as this process knows it. Thread-safe. */
public final class DrawingModel {
    private final Optional<ModelCard> configured;
    private final Supplier<Optional<String>> lastSeen;

    /**
     * @param configured card of the model that draws; empty if it is not configured
     * @param lastSeen the name of the model that has drawn the newest image; empty if there is none
     */
    public DrawingModel(Optional<ModelCard> configured, Supplier<Optional<String>> lastSeen) {
        this.configured = configured;
        this.lastSeen = lastSeen;
    }

    /** Empty if nothing is known of it yet. */
    public Optional<ModelCard> card() {
        return configured.or(() -> lastSeen.get().map(ModelCard::named));
    }

    /** Anybody may know what the page says of the model. */
    public Route route() {
        return new Route("GET", "/v1/model-card", null, call -> Answer.json(200, json(card().orElse(null))));
    }

    /** All that a card says. @param known null while nothing is */
    public static Map<String, Object> json(@Nullable ModelCard known) {
        ModelCard card = known == null ? ModelCard.named("") : known;
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", card.name().isEmpty() ? null : card.name());
        fields.put("description", card.description());
        fields.put("source", card.source());
        fields.put("languages", card.languages());
        fields.put("examples", card.examples());
        fields.put("limits", card.limits());
        fields.put("biases", card.biases());
        fields.put("trainingData", card.trainingData());
        fields.put("intendedUses", card.intendedUses());
        fields.put("excludedUses", card.excludedUses());
        fields.put("licence", card.licence());
        fields.put("emissions", card.emissions());
        return fields;
    }
}
