package org.dallemini.training.vqgan;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.training.data.EpochOrder;
import org.dallemini.training.data.Item;
import org.dallemini.training.data.Problems;
import org.dallemini.training.run.Task;
import org.dallemini.training.torch.Dtype;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Torch;

/** Trains a VQGAN to bring pictures back. */
public final class VqganTask implements Task {
    private static final String CODEBOOK = "quantize/embedding/embedding", USED = "codebook/used";

    /** Pictures on a sheet of samples: the original, and below it what comes back. */
    private static final int SHEET = 12;

    /**
     * How it is trained.
     *
     * @param batchSize pictures of an update
     * @param pieces that a batch is cut into; divides it
     * @param restartEvery updates after which rows of the codebook that were not used are put where the encoder gives
     *     vectors; 0 for never
     * @param restartUntil update after which that ends
     * @param adversarialFrom update from which a discriminator takes part, if the losses have one
     * @param seed of the order of pictures and of restarts
     * @param decoderOnly whether encoder and codebook stay as they are, so that image tokens keep their meaning
     * @param dtype of encoder and decoder
     */
    public record Settings(
            int batchSize,
            int pieces,
            int restartEvery,
            int restartUntil,
            int adversarialFrom,
            long seed,
            VqganNetwork.LossWeights losses,
            boolean decoderOnly,
            Dtype dtype) {}

    private final VqganConfig config;
    private final byte[] configFile;
    private final Settings settings;
    private final Parameters parameters;
    private final NDManager manager;
    private final VqganNetwork network;
    private final List<Item> learned;
    private final List<Item> heldOut;
    private final EpochOrder order;
    private final PictureBatches pictures;
    private final NDArray used;
    private final BitSet usedNow = new BitSet();
    private float[] encoded = {};

    /**
     * Adds the weights of LPIPS to the parameters, for losses that want them.
     *
     * @param file safetensors, see {@link Lpips}
     */
    public static void addLpips(Parameters parameters, Path file) throws IOException {
        Lpips.addTo(parameters, file);
    }

    /**
     * @param configFile content of config.json
     * @param parameters that training begins with
     * @param learned pictures to learn from
     * @param heldOut pictures to evaluate with
     */
    public VqganTask(
            VqganConfig config,
            byte[] configFile,
            Settings settings,
            Parameters parameters,
            List<Item> learned,
            List<Item> heldOut,
            Problems problems) {
        this.config = config;
        this.configFile = configFile.clone();
        this.settings = settings;
        this.parameters = parameters;
        this.learned = learned;
        this.heldOut = heldOut;
        if (settings.losses.adversarial() > 0) {
            PatchDiscriminator.addTo(parameters, settings.seed);
        }
        manager = parameters.manager().newSubManager();
        network = new VqganNetwork(config, settings.losses, settings.decoderOnly, settings.dtype, manager);
        order = new EpochOrder(learned.stream().mapToDouble(Item::weight).toArray(), settings.seed);
        pictures = new PictureBatches(config.resolution(), problems);
        used = manager.zeros(new Shape(config.nEmbed()));
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public List<String> trained() {
        return parameters.names().stream().filter(this::isTrained).toList();
    }

    private boolean isTrained(String name) {
        return !Lpips.owns(name) && !(settings.decoderOnly && makesTokens(name));
    }

    private static boolean makesTokens(String name) {
        return name.startsWith("encoder/") || name.startsWith("quant_conv/") || name.startsWith("quantize/");
    }

    @Override
    public List<String> losses() {
        List<String> names = new ArrayList<>(List.of("loss"));
        names.addAll(VqganNetwork.PARTS);
        return names;
    }

    @Override
    public int batchSize() {
        return settings.batchSize;
    }

    @Override
    public int pieces() {
        return settings.pieces;
    }

    private List<Item> batch(int update, int piece) {
        int size = settings.batchSize / settings.pieces;
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            items.add(learned.get(order.at((long) update * settings.batchSize + (long) piece * size + i)));
        }
        return items;
    }

    @Override
    public double[] learn(int update, int piece, Parameters p, NDManager own) throws IOException {
        NDArray x = pictures.of(batch(update, piece), own);
        try (Torch.Recording ignored = Torch.record()) {
            VqganNetwork.Losses losses = network.losses(p, x, update >= settings.adversarialFrom);
            Torch.backward(losses.total(), own.ones(losses.total().getShape()));
            note(piece, losses);
            return values(losses);
        }
    }

    /** Keeps what a restart needs to know. */
    private synchronized void note(int piece, VqganNetwork.Losses losses) {
        if (settings.restartEvery > 0) {
            for (long token : losses.tokens().toLongArray()) {
                usedNow.set((int) token);
            }
            if (piece == 0) {
                encoded = losses.encoded().toFloatArray();
            }
        }
    }

    private static double[] values(VqganNetwork.Losses losses) {
        double[] values = new double[1 + losses.parts().size()];
        values[0] = losses.total().getFloat();
        for (int i = 1; i < values.length; i++) {
            values[i] = losses.parts().get(i - 1).getFloat();
        }
        return values;
    }

    @Override
    public void updated(int update, NDManager own) {
        if (settings.restartEvery == 0 || update >= settings.restartUntil) {
            return;
        }
        float[] counts = used.toFloatArray();
        usedNow.stream().forEach(row -> counts[row] = 1);
        usedNow.clear();
        if ((update + 1) % settings.restartEvery == 0) {
            restart(counts, new Random(settings.seed + update), own);
            Arrays.fill(counts, 0);
        }
        Torch.copy(own.create(counts, used.getShape()), used);
    }

    private void restart(float[] counts, Random random, NDManager own) {
        int width = config.embedDim();
        NDArray book = parameters.get(CODEBOOK);
        float[] rows = book.toFloatArray();
        for (int row = 0; row < counts.length; row++) {
            if (counts[row] == 0) {
                int from = random.nextInt(encoded.length / width);
                System.arraycopy(encoded, from * width, rows, row * width, width);
            }
        }
        Torch.copy(own.create(rows, book.getShape()), book);
    }

    @Override
    public String describe(int update) {
        List<String> keys = new ArrayList<>();
        for (int piece = 0; piece < settings.pieces; piece++) {
            batch(update, piece).forEach(item -> keys.add(item.key()));
        }
        return keys.toString();
    }

    @Override
    public int evaluationPieces() {
        return heldOut.size() / pieceSize();
    }

    private int pieceSize() {
        return settings.batchSize / settings.pieces;
    }

    @Override
    public double[] evaluate(int piece, Parameters p, NDManager own) throws IOException {
        List<Item> items = heldOut.subList(piece * pieceSize(), (piece + 1) * pieceSize());
        return values(network.losses(p, pictures.of(items, own), false));
    }

    @Override
    public SortedMap<String, NDArray> state() {
        return new TreeMap<>(Map.of(USED, used));
    }

    @Override
    public void write(Path folder, Parameters values) throws IOException {
        Path vqgan = new ModelFolder(folder).vqgan();
        Files.createDirectories(vqgan);
        Files.write(vqgan.resolve(CheckpointFiles.CONFIG), configFile);
        VqganParameters.write(vqgan.resolve(CheckpointFiles.WEIGHTS), values, config);
    }

    @Override
    public Optional<BufferedImage> samples(Path folder, Parameters values) throws IOException {
        List<Item> source = heldOut.isEmpty() ? learned : heldOut;
        int count = Math.min(SHEET, source.size());
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(source.get((int) ((long) i * source.size() / count)));
        }
        int size = config.resolution();
        BufferedImage sheet = new BufferedImage(count * size, 2 * size, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        try (NDManager own = Torch.newManager()) {
            NDArray x = pictures.of(items, own);
            float[] before = x.toFloatArray();
            float[] after = network.reconstruct(values, x).toFloatArray();
            for (int i = 0; i < count; i++) {
                graphics.drawImage(PictureBatches.picture(before, i, size), i * size, 0, null);
                graphics.drawImage(PictureBatches.picture(after, i, size), i * size, size, null);
            }
        }
        graphics.dispose();
        return Optional.of(sheet);
    }

    @Override
    public void close() {
        manager.close();
    }
}
