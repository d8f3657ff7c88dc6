package org.dallemini.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.Npy;
import org.dallemini.training.bart.BartNetwork;
import org.dallemini.training.bart.BartParameters;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Torch;

/** The golden vectors of training: sets with a model, a run or more of it, and optimizers alone. */
public final class TrainingGoldens {
    private TrainingGoldens() {}

    static {
        load();
    }

    /** Loads PyTorch as tests want it. */
    public static void load() {
        Torch.load(
                Path.of(System.getProperty("dallemini.root", ".."), "training", "target", ".dallemini", "libraries"));
        Torch.prepareThread();
    }

    /** Folder of the sets. */
    public static Path folder() {
        return Goldens.ofTraining().folder();
    }

    /** Every set that has batches. */
    public static List<Set> sets() {
        try (Stream<Path> folders = Files.list(folder())) {
            List<Set> sets = folders.filter(folder ->
                            Files.isRegularFile(folder.resolve("golden.json")) && !folder.endsWith("optimizer"))
                    .sorted()
                    .map(Set::new)
                    .toList();
            if (sets.isEmpty()) {
                throw new IllegalStateException(folder() + " has no sets");
            }
            return sets;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One set; shows as its name in a parameterised test. */
    public record Set(Path folder) {
        public Goldens.Golden golden() {
            return new Goldens.Golden(folder);
        }

        /** golden.json. */
        public JsonNode json() {
            return golden().json("golden.json");
        }

        /** The layers of S-unscanned are those of S-scanned, taken apart, and so are its batches. */
        private Set source() {
            Path scanned = folder.resolveSibling(name().replace("unscanned", "scanned"));
            return Files.isDirectory(scanned) ? new Set(scanned) : this;
        }

        /** The checkpoint's folder. */
        public Path bart() {
            Path own = source().folder.resolve("dalle-bart");
            return Files.isDirectory(own)
                    ? own
                    : Goldens.open().folder().resolve(name()).resolve("dalle-bart");
        }

        /** Whether layers are stacked in one array. */
        public boolean isStacked() {
            return !name().contains("unscanned");
        }

        public BartConfig config() throws IOException {
            return BartConfig.read(bart());
        }

        public Parameters parameters(NDManager manager) throws IOException {
            return BartParameters.read(bart(), config(), manager);
        }

        /** Samples first to last (exclusive) of the batch of a step. */
        public BartNetwork.Batch batch(NDManager manager, int step, int first, int last) {
            Goldens.Golden batches = source().golden();
            NDArray mask = array(manager, batches.array("attention_mask").slice(step), first, last);
            return new BartNetwork.Batch(
                    array(manager, batches.array("input_ids").slice(step), first, last),
                    mask.toType(DataType.BOOLEAN, false)
                            .reshape(last - first, 1, 1, mask.getShape().get(1)),
                    array(manager, batches.array("decoder_input_ids").slice(step), first, last),
                    array(manager, batches.array("labels").slice(step), first, last));
        }

        /** The whole batch of a step. */
        public BartNetwork.Batch batch(NDManager manager, int step) {
            return batch(manager, step, 0, source().golden().array("labels").dim(1));
        }

        /** What the set keeps of each parameter: its elements at some places. */
        public List<Kept> kept() {
            List<Kept> kept = new ArrayList<>();
            int[] positions = golden().array("positions").ints();
            for (JsonNode parameter : json().get("params")) {
                int offset = parameter.get("offset").intValue();
                int count = parameter.get("count").intValue();
                int[] own = new int[count];
                System.arraycopy(positions, offset, own, 0, count);
                kept.add(new Kept(parameter.get("name").textValue(), offset, own));
            }
            return kept;
        }

        public String name() {
            return String.valueOf(folder.getFileName());
        }

        @Override
        public String toString() {
            return name();
        }

        private static NDArray array(NDManager manager, Npy npy, int first, int last) {
            long[] all = npy.longs();
            int length = npy.dim(1);
            long[] part = Arrays.copyOfRange(all, first * length, last * length);
            return manager.create(part, new Shape(last - first, length));
        }
    }

    /**
     * A parameter by its name in the checkpoint, where layers may be stacked.
     *
     * @param offset of its first kept element among those of all parameters
     * @param positions of the kept elements in it
     */
    public record Kept(String name, int offset, int[] positions) {
        /** All elements, given arrays by the name of a parameter of one layer. */
        public float[] elements(Function<String, NDArray> arrays, BartConfig config) {
            FloatBuffer all = FloatBuffer.allocate(1 << 22);
            int layers = name.contains("EncoderLayers/") ? config.encoderLayers() : config.decoderLayers();
            if (!name.contains("Layers/")) {
                return arrays.apply(name).toFloatArray();
            }
            for (int i = 0; i < layers; i++) {
                all.put(arrays.apply(name.replace("Layers/", "Layer_" + i + "/"))
                        .toFloatArray());
            }
            return Arrays.copyOf(all.array(), all.position());
        }

        /** The kept ones of these. */
        public float[] of(float[] elements) {
            float[] kept = new float[positions.length];
            for (int i = 0; i < kept.length; i++) {
                kept[i] = elements[positions[i]];
            }
            return kept;
        }

        /** The expected ones, of an array [kept] of all parameters. */
        public float[] expected(Npy golden) {
            return Arrays.copyOfRange(golden.floats(), offset, offset + positions.length);
        }
    }

    /** Square root of the sum of squares. */
    public static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    /** Length of the difference. */
    public static double distance(float[] a, float[] b) {
        float[] difference = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return norm(difference);
    }
}
