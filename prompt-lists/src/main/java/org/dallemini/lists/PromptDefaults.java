package org.dallemini.lists;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import org.dallemini.events.ImageOutput;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.Sampling;
import org.dallemini.ingest.api.PromptFields;
import org.dallemini.ingest.http.RefusedRequestException;

/**
 * What all prompts of a list have in common; what a line says itself is stronger, of sampling and labels each by
 * itself.
 */
public final class PromptDefaults {
    private static final Set<String> MERGED = Set.of("sampling", "labels");

    private final ObjectNode fields = JsonNodeFactory.instance.objectNode();

    /** @param template all but text, id, job and prefix, which each prompt has for itself */
    public PromptDefaults(PromptRequest template) {
        fields.put("count", template.getCount());
        fields.put("bestOf", template.getBestOf());
        fields.put("seed", template.getSeed());
        fields.put("negativeText", template.getNegativeText());
        if (template.getDeadline() != null) {
            fields.put("deadline", template.getDeadline().toString());
        }
        fields.put("lane", template.getLane().name());
        ObjectNode labels = fields.putObject("labels");
        template.getLabels().forEach(labels::put);
        if (template.getOutput() != null) {
            put(template.getOutput());
        }
        Sampling sampling = template.getSampling();
        if (sampling != null) {
            fields.putObject("sampling")
                    .put("temperature", sampling.getTemperature())
                    .put("topK", sampling.getTopK())
                    .put("topP", sampling.getTopP())
                    .put("guidanceScale", sampling.getGuidanceScale());
        }
    }

    private void put(ImageOutput output) {
        ObjectNode node = fields.putObject("output");
        node.put("width", output.getWidth());
        node.put("height", output.getHeight());
        node.put("fit", output.getFit().name());
        node.put("format", output.getFormat().name());
        node.put("quality", output.getQuality());
    }

    /**
     * The prompt that a line asks for; with an id only if the line has one.
     *
     * @throws RefusedLineException if a field is unknown or of the wrong type; values are not looked at
     */
    public PromptRequest request(PromptLine.Prompt line) throws RefusedLineException {
        ObjectNode own = line.fields();
        for (Map.Entry<String, JsonNode> field : fields.properties()) {
            String name = field.getKey();
            if (!own.hasNonNull(name)) {
                own.set(name, field.getValue());
            } else if (MERGED.contains(name) && own.get(name) instanceof ObjectNode mine) {
                addAbsent(mine, (ObjectNode) field.getValue());
            }
        }
        try {
            return PromptFields.read(own, "");
        } catch (RefusedRequestException e) {
            throw new RefusedLineException(e.problem().code(), e.problem().detail());
        }
    }

    private static void addAbsent(ObjectNode own, ObjectNode defaults) {
        for (Map.Entry<String, JsonNode> field : defaults.properties()) {
            if (!own.hasNonNull(field.getKey())) {
                own.set(field.getKey(), field.getValue());
            }
        }
    }
}
