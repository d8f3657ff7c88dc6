package org.dallemini.training.bart;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.config.ParameterShapes;
import org.dallemini.dalle.config.WeightsFit;
import org.dallemini.training.run.Initial;
import org.dallemini.training.run.WeightsFile;
import org.dallemini.training.torch.Parameters;

/** The parameters of a BART, from a checkpoint or new, and into one. */
public final class BartParameters {
    private static final List<String> LAYERS =
            List.of("model/encoder/layers/FlaxBartEncoderLayer", "model/decoder/layers/FlaxBartDecoderLayer");

    private BartParameters() {}

    /**
     * Reads a checkpoint of any form, as float32.
     *
     * @throws org.dallemini.dalle.model.ModelException if weights are missing or damaged, or do not fit the
     *     configuration
     */
    public static Parameters read(Path folder, BartConfig config, NDManager manager) throws IOException {
        WeightsFit.require(folder, config);
        Parameters parameters = new Parameters(manager);
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(folder)) {
            for (Map.Entry<String, long[]> entry :
                    ParameterShapes.of(config, false).entrySet()) {
                String name = entry.getKey();
                parameters.add(name, WeightsFile.floats(weight(checkpoint, name).read()), entry.getValue());
            }
        }
        return parameters;
    }

    private static Weight weight(FlaxCheckpoint checkpoint, String name) {
        for (String prefix : LAYERS) {
            if (name.startsWith(prefix)) {
                String[] parts = name.substring(prefix.length() + 1).split("/", 2);
                return checkpoint.layerWeight(prefix, Integer.parseInt(parts[0]), parts[1]);
            }
        }
        return checkpoint.weight(name);
    }

    /**
     * Draws the parameters that a new model begins with: normal with a deviation of {@code init_std} = 0.02 as in the
     * original; norms begin as the identity.
     */
    public static Parameters initial(BartConfig config, long seed, NDManager manager) {
        Parameters parameters = new Parameters(manager);
        Initial initial = new Initial(seed);
        ParameterShapes.of(config, false)
                .forEach((name, shape) -> parameters.add(name, initial.normalOrNorm(name, shape, 0.02), shape));
        return parameters;
    }

    /**
     * Writes flax_model.msgpack.
     *
     * @param stacked whether layers lie in one array, as in the published files
     */
    public static void write(Path file, Parameters parameters, BartConfig config, boolean stacked) throws IOException {
        SortedMap<String, long[]> shapes = ParameterShapes.of(config, stacked);
        WeightsFile.write(file, shapes, name -> sources(name, config).stream()
                .map(parameters::get)
                .toList());
    }

    /** The parameters that one array of the file holds. */
    private static List<String> sources(String name, BartConfig config) {
        for (String prefix : LAYERS) {
            if (name.startsWith(prefix + "s/")) {
                int layers = prefix.contains("Encoder") ? config.encoderLayers() : config.decoderLayers();
                String leaf = name.substring(prefix.length() + 2);
                return IntStream.range(0, layers)
                        .mapToObj(i -> prefix + "_" + i + "/" + leaf)
                        .toList();
            }
        }
        return List.of(name);
    }
}
