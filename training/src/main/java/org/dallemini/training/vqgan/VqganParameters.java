package org.dallemini.training.vqgan;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.config.ParameterShapes;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.config.WeightsFit;
import org.dallemini.training.run.Initial;
import org.dallemini.training.run.WeightsFile;
import org.dallemini.training.torch.Parameters;

/** The parameters of a VQGAN, from a checkpoint or new, and into one. */
public final class VqganParameters {
    private static final String CODEBOOK = "quantize/embedding/embedding";

    private VqganParameters() {}

    /**
     * Reads a checkpoint of any form, as float32.
     *
     * @throws org.dallemini.dalle.model.ModelException if weights are missing or damaged, or do not fit the
     *     configuration
     */
    public static Parameters read(Path folder, VqganConfig config, NDManager manager) throws IOException {
        WeightsFit.require(folder, config);
        Parameters parameters = new Parameters(manager);
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(folder)) {
            for (String name : ParameterShapes.of(config).keySet()) {
                Weight weight = checkpoint.weight(name);
                weight = weight.shape().length == 4 ? weight.hwioToOihw() : weight;
                parameters.add(name, WeightsFile.floats(weight.read()), weight.shape());
            }
        }
        return parameters;
    }

    /**
     * Draws the parameters that a new model begins with, as Flax does: kernels with a variance of 1 / inputs, the
     * codebook uniform within 1 / rows; norms begin as the identity.
     */
    public static Parameters initial(VqganConfig config, long seed, NDManager manager) {
        Parameters parameters = new Parameters(manager);
        Initial initial = new Initial(seed);
        for (Map.Entry<String, long[]> entry : ParameterShapes.of(config).entrySet()) {
            String name = entry.getKey();
            long[] shape = entry.getValue();
            if (shape.length == 4) {
                long[] oihw = {shape[3], shape[2], shape[0], shape[1]};
                double deviation = 1 / Math.sqrt(shape[0] * shape[1] * shape[2]);
                parameters.add(name, initial.normal(name, oihw, deviation), oihw);
            } else if (name.equals(CODEBOOK)) {
                parameters.add(name, initial.uniform(name, shape, 1.0 / shape[0]), shape);
            } else {
                parameters.add(name, initial.normalOrNorm(name, shape, 0), shape);
            }
        }
        return parameters;
    }

    /** Writes flax_model.msgpack. */
    public static void write(Path file, Parameters parameters, VqganConfig config) throws IOException {
        try (NDManager manager = parameters.manager().newSubManager()) {
            WeightsFile.write(
                    file, ParameterShapes.of(config), name -> List.of(asInFlax(parameters.get(name), manager)));
        }
    }

    private static NDArray asInFlax(NDArray value, NDManager manager) {
        if (value.getShape().dimension() != 4) {
            return value;
        }
        NDArray view = value.stopGradient();
        view.attach(manager);
        return view.transpose(2, 3, 1, 0);
    }
}
