package org.dallemini.clip;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelException;

/**
 * A CLIP's {@code config.json}, as transformers' {@code CLIPConfig} has it; what is left out has its defaults, which
 * are those of openai/clip-vit-base-patch32.
 *
 * @param projection length of the vectors
 * @param vocabulary of the text
 * @param textLength most tokens of a text, start and end among them
 * @param imageSize pixels of a side
 * @param patchSize pixels of a side of a patch
 */
record ClipConfig(
        Tower text, Tower vision, int projection, int vocabulary, int textLength, int imageSize, int patchSize) {
    private static final int MOST = 1 << 20;

    /**
     * A transformer.
     *
     * @param width of its states
     * @param hidden width between the two products of a layer
     * @param activation between them: {@code QuickGelu} or {@code Gelu} of ONNX Runtime
     */
    record Tower(int width, int hidden, int layers, int heads, float epsilon, String activation) {}

    /** @throws ModelException if the file is missing, or no CLIP's that can be computed */
    static ClipConfig read(Path folder) throws IOException {
        Path file = folder.resolve(CheckpointFiles.CONFIG);
        if (!Files.isRegularFile(file)) {
            throw new ModelException(folder + " has no " + CheckpointFiles.CONFIG
                    + ": put a CLIP there, such as openai/clip-vit-base-patch32");
        }
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new ModelException(file + " is no JSON: copy it again", e);
        }
        String type = json.path("model_type").asText("clip");
        if (!type.equals("clip")) {
            throw new ModelException(file + " is of a model of the type \"" + type + "\", not of a CLIP");
        }
        JsonNode text = json.path("text_config");
        JsonNode vision = json.path("vision_config");
        ClipConfig config = new ClipConfig(
                tower(file, text, 512, 2048, 8),
                tower(file, vision, 768, 3072, 12),
                number(file, json, "projection_dim", 512),
                number(file, text, "vocab_size", 49408),
                number(file, text, "max_position_embeddings", 77),
                number(file, vision, "image_size", 224),
                number(file, vision, "patch_size", 32));
        if (config.imageSize % config.patchSize != 0) {
            throw new ModelException(
                    file + ": patches of " + config.patchSize + " pixels do not fill pictures of " + config.imageSize);
        }
        return config;
    }

    private static Tower tower(Path file, JsonNode json, int width, int hidden, int heads) {
        String activation = json.path("hidden_act").asText("quick_gelu");
        Tower tower = new Tower(
                number(file, json, "hidden_size", width),
                number(file, json, "intermediate_size", hidden),
                number(file, json, "num_hidden_layers", 12),
                number(file, json, "num_attention_heads", heads),
                (float) json.path("layer_norm_eps").asDouble(1e-5),
                switch (activation) {
                    case "quick_gelu" -> "QuickGelu";
                    case "gelu" -> "Gelu";
                    default ->
                        throw new ModelException(
                                file + ": hidden_act is \"" + activation + "\"; only quick_gelu and gelu are known");
                });
        if (tower.width % tower.heads != 0) {
            throw new ModelException(file + ": " + tower.heads + " heads cannot share a width of " + tower.width);
        }
        return tower;
    }

    private static int number(Path file, JsonNode json, String name, int otherwise) {
        int number = json.path(name).asInt(otherwise);
        if (number < 1 || number > MOST) {
            throw new ModelException(file + ": " + name + " is " + json.path(name) + ", not a number from 1 on");
        }
        return number;
    }

    int patches() {
        int side = imageSize / patchSize;
        return side * side;
    }
}
