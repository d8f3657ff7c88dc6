package org.dallemini.training.optim;

import com.fasterxml.jackson.databind.JsonNode;

/** Reads the settings that the golden vectors were made with. */
public final class ShampooGoldens {
    private ShampooGoldens() {}

    /** Settings by the original's names. */
    public static Shampoo.Settings settings(JsonNode json) {
        return new Shampoo.Settings(
                json.get("block_size").intValue(),
                json.get("beta1").doubleValue(),
                json.get("beta2").doubleValue(),
                json.get("diagonal_epsilon").doubleValue(),
                json.get("matrix_epsilon").doubleValue(),
                json.get("weight_decay").doubleValue(),
                json.get("start_preconditioning_step").intValue(),
                json.get("preconditioning_compute_steps").intValue(),
                Graft.valueOf(json.get("graft_type").textValue()),
                json.get("nesterov").booleanValue(),
                json.get("skip_preconditioning_dim_size_gt").intValue());
    }
}
