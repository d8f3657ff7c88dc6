package org.dallemini.dalle.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelException;

/**
 * Whether the weights of a checkpoint are those that its config.json speaks of: every parameter there, of the right
 * shape and a type that can be read, and none beside them. Reads the headers of arrays, which takes milliseconds
 * whatever their size.
 *
 * <p>An array that the configuration does not account for, beside those that it does, means another architecture or
 * more layers: leaving it out would draw other images. What lies elsewhere in the file (a discriminator, the state of
 * an optimizer) is left alone, as by the original.
 */
public final class WeightsFit {
    private static final Set<String> BART = Set.of("model", "lm_head");
    private static final Set<String> VQGAN = Set.of("encoder", "decoder", "quantize", "quant_conv", "post_quant_conv");

    /** Of one checkpoint. */
    private static final int MAX_PROBLEMS = 20;

    private static final int BUFFER_BYTES = 1 << 22;

    private WeightsFit() {}

    /**
     * Checks the weights of a DALL-E BART.
     *
     * @throws ModelException if files are missing or damaged, or do not fit the configuration
     */
    public static void require(Path folder, BartConfig config) throws IOException {
        require(problems(folder, config, false));
    }

    /**
     * Checks the weights of a VQGAN.
     *
     * @throws ModelException if files are missing or damaged, or do not fit the configuration
     */
    public static void require(Path folder, VqganConfig config) throws IOException {
        require(problems(folder, config, false));
    }

    private static void require(List<String> problems) {
        if (!problems.isEmpty()) {
            String others = problems.size() == 1
                    ? ""
                    : " (and " + (problems.size() - 1) + " more; \"dallemini models verify\" prints them)";
            throw new ModelException(problems.get(0) + others);
        }
    }

    /**
     * What {@link #require(Path, BartConfig)} finds, a line each; empty if there is nothing.
     *
     * @param values whether every value must be a number, too; this reads all of the file, as converting it does
     */
    public static List<String> problems(Path folder, BartConfig config, boolean values) throws IOException {
        return problems(folder, weights -> ParameterShapes.of(config, weights.isStacked()), BART, values);
    }

    /** The same for {@link #require(Path, VqganConfig)}. */
    public static List<String> problems(Path folder, VqganConfig config, boolean values) throws IOException {
        return problems(folder, weights -> ParameterShapes.of(config), VQGAN, values);
    }

    private interface Needed {
        SortedMap<String, long[]> of(FlaxCheckpoint weights);
    }

    private static List<String> problems(Path folder, Needed needed, Set<String> modules, boolean values)
            throws IOException {
        List<String> problems = new ArrayList<>();
        try (FlaxCheckpoint weights = FlaxCheckpoint.open(folder)) {
            SortedMap<String, long[]> shapes = needed.of(weights);
            ByteBuffer buffer = values ? ByteBuffer.allocateDirect(BUFFER_BYTES) : ByteBuffer.allocate(0);
            for (Map.Entry<String, long[]> parameter : shapes.entrySet()) {
                try {
                    Weight weight = weights.weight(parameter.getKey(), parameter.getValue());
                    if (values) {
                        read(weight, buffer);
                    }
                } catch (ModelException e) {
                    problems.add(message(e));
                }
            }
            for (String path : weights.entries().keySet()) {
                if (!shapes.containsKey(path) && modules.contains(path.replaceFirst("/.*", ""))) {
                    problems.add(weights.describe(path) + ", but " + folder.resolve(CheckpointFiles.CONFIG)
                            + " speaks of no such parameter; the two do not belong together");
                }
            }
        } catch (ModelException e) {
            problems.add(message(e));
        }
        if (problems.size() > MAX_PROBLEMS) {
            int more = problems.size() - MAX_PROBLEMS;
            problems.subList(MAX_PROBLEMS, problems.size()).clear();
            problems.add(folder + ": " + more + " more parameters do not fit");
        }
        return problems;
    }

    /** Reading refuses what is no number. */
    private static void read(Weight weight, ByteBuffer buffer) throws IOException {
        for (long at = 0; at < weight.bytes(); at += buffer.limit()) {
            buffer.clear().limit((int) Math.min(weight.bytes() - at, buffer.capacity()));
            weight.read(at / weight.type().bytes(), buffer.order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    private static String message(ModelException e) {
        return Objects.toString(e.getMessage());
    }
}
