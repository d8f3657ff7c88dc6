package org.dallemini.training.bart;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.text.TextProcessor;
import org.dallemini.training.data.BlankCaptions;
import org.dallemini.training.data.EpochOrder;
import org.dallemini.training.data.TokenNoise;
import org.dallemini.training.data.TokenSamples;
import org.dallemini.training.run.Task;
import org.dallemini.training.torch.Dtype;
import org.dallemini.training.torch.Parameters;

/** Trains a BART to continue captions with the image tokens of their pictures. */
public final class BartTask implements Task {
    /** The text tokens of padding; masked, so that any would do. */
    private static final int PADDING = 1;

    /** What is trained; the rest stays as it is. */
    public enum Part {
        ALL {
            @Override
            boolean has(String name) {
                return true;
            }
        },
        /** The head, and of the decoder embeddings and their norms: the original's {@code embeddings_only}. */
        EMBEDDINGS {
            @Override
            boolean has(String name) {
                return name.startsWith("lm_head/")
                        || name.startsWith("model/decoder/") && !name.startsWith("model/decoder/layers/");
            }
        },
        /** What reads the text. */
        ENCODER {
            @Override
            boolean has(String name) {
                return name.startsWith("model/encoder/");
            }
        };

        abstract boolean has(String name);
    }

    /**
     * How it is trained.
     *
     * @param batchSize samples of an update
     * @param pieces that a batch is cut into; divides it
     * @param checkpointing of gradients: each layer is computed twice, for less memory
     * @param part of the model that is trained
     * @param seed of the order of samples and of the choice among captions
     * @param stacked whether layers lie in one array in checkpoints
     * @param dtype of large products
     */
    public record Settings(
            int batchSize, int pieces, boolean checkpointing, Part part, long seed, boolean stacked, Dtype dtype) {}

    private final BartConfig config;
    private final Source source;
    private final Settings settings;
    private final Parameters parameters;
    private final NDManager manager;
    private final BartNetwork network;
    private final TextProcessor texts;
    private final List<TokenSamples.Sample> learned;
    private final List<TokenSamples.Sample> heldOut;
    private final EpochOrder order;
    private final BlankCaptions blanks;
    private final TokenNoise noise;
    private final Sheet sheet;

    /**
     * What goes into a model folder beside the weights.
     *
     * @param config content of config.json
     * @param tokenizer folder with its files
     * @param vqgan folder of the VQGAN that the tokens are of
     */
    @SuppressWarnings("ArrayRecordComponent") // written as it is
    public record Source(byte[] config, Path tokenizer, Path vqgan) {}

    /** Draws sample pictures with the model in a folder. */
    @FunctionalInterface
    public interface Sheet {
        Optional<BufferedImage> draw(ModelFolder model) throws IOException;
    }

    /**
     * @param parameters that training begins with
     * @param samples to learn from, and those held out
     */
    public BartTask(
            BartConfig config,
            Source source,
            Settings settings,
            Parameters parameters,
            TextProcessor texts,
            List<TokenSamples.Sample> samples,
            BlankCaptions blanks,
            TokenNoise noise,
            Sheet sheet) {
        this.config = config;
        this.source = source;
        this.settings = settings;
        this.parameters = parameters;
        this.texts = texts;
        this.blanks = blanks;
        this.noise = noise;
        this.sheet = sheet;
        manager = parameters.manager().newSubManager();
        network = new BartNetwork(config, settings.dtype, manager);
        learned = samples.stream().filter(sample -> !sample.heldOut()).toList();
        heldOut = samples.stream().filter(TokenSamples.Sample::heldOut).toList();
        order = new EpochOrder(
                learned.stream().mapToDouble(TokenSamples.Sample::weight).toArray(), settings.seed);
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public List<String> trained() {
        return parameters.names().stream().filter(settings.part::has).toList();
    }

    @Override
    public List<String> losses() {
        return List.of("loss");
    }

    @Override
    public int batchSize() {
        return settings.batchSize;
    }

    @Override
    public int pieces() {
        return settings.pieces;
    }

    private int pieceSize() {
        return settings.batchSize / settings.pieces;
    }

    @Override
    public double[] learn(int update, int piece, Parameters p, NDManager own) {
        return new double[] {network.backward(p, batch(update, piece, own), settings.checkpointing)};
    }

    private BartNetwork.Batch batch(int update, int piece, NDManager own) {
        List<TokenSamples.Sample> samples = new ArrayList<>();
        List<int[]> captions = new ArrayList<>();
        long first = (long) update * settings.batchSize + (long) piece * pieceSize();
        for (long place = first; place < first + pieceSize(); place++) {
            TokenSamples.Sample sample = learned.get(order.at(place));
            samples.add(sample);
            captions.add(blanks.isBlank(place) ? texts.unconditionalIds() : ids(caption(sample, place)));
        }
        return batch(samples, captions, tokens -> addNoise(tokens, first), own);
    }

    /** To what follows the start of each sample. */
    private void addNoise(long[] tokens, long firstPlace) {
        int length = config.imageLength();
        for (int start = 0; start < tokens.length; start += length) {
            noise.addTo(tokens, start + 1, start + length, config.imageVocabSize(), firstPlace + start / length);
        }
    }

    private String caption(TokenSamples.Sample sample, long place) {
        SplittableRandom random = new SplittableRandom(settings.seed * 0x9E3779B97F4A7C15L + place);
        return sample.captions().get(random.nextInt(sample.captions().size()));
    }

    private int[] ids(String caption) {
        synchronized (texts) {
            return texts.prepare(caption).ids();
        }
    }

    /** Captions are padded to the longest of them only: padding is masked, and costs time. */
    private BartNetwork.Batch batch(
            List<TokenSamples.Sample> samples, List<int[]> captions, Consumer<long[]> noise, NDManager own) {
        int size = samples.size();
        int textLength = captions.stream().mapToInt(ids -> ids.length).max().orElse(1);
        int length = config.imageLength();
        long[] text = new long[size * textLength];
        Arrays.fill(text, PADDING);
        boolean[] mask = new boolean[text.length];
        long[] tokens = new long[size * length];
        long[] labels = new long[size * length];
        for (int i = 0; i < size; i++) {
            int[] ids = captions.get(i);
            for (int j = 0; j < ids.length; j++) {
                text[i * textLength + j] = ids[j];
                mask[i * textLength + j] = true;
            }
            short[] sample = samples.get(i).tokens();
            for (int j = 0; j < length; j++) {
                labels[i * length + j] = sample[j] & 0xffff;
                tokens[i * length + j] = j == 0 ? config.decoderStartTokenId() : labels[i * length + j - 1];
            }
        }
        noise.accept(tokens);
        NDArray masks = own.create(mask, new Shape(size, 1, 1, textLength));
        return new BartNetwork.Batch(
                own.create(text, new Shape(size, textLength)),
                masks.toType(DataType.BOOLEAN, false),
                own.create(tokens, new Shape(size, length)),
                own.create(labels, new Shape(size, length)));
    }

    @Override
    public String describe(int update) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < settings.batchSize; i++) {
            keys.add(learned.get(order.at((long) update * settings.batchSize + i))
                    .key());
        }
        return keys.toString();
    }

    @Override
    public int evaluationPieces() {
        return heldOut.size() / pieceSize();
    }

    @Override
    public double[] evaluate(int piece, Parameters p, NDManager own) {
        List<TokenSamples.Sample> samples = heldOut.subList(piece * pieceSize(), (piece + 1) * pieceSize());
        List<int[]> captions =
                samples.stream().map(sample -> ids(sample.captions().get(0))).toList();
        return new double[] {
            network.loss(p, batch(samples, captions, tokens -> {}, own)).getFloat()
        };
    }

    @Override
    public void updated(int update, NDManager own) {
        // nothing beside the optimizer changes
    }

    @Override
    public SortedMap<String, NDArray> state() {
        return new TreeMap<>();
    }

    @Override
    public void write(Path folder, Parameters values) throws IOException {
        ModelFolder model = new ModelFolder(folder);
        Files.createDirectories(model.bart());
        Files.write(model.bart().resolve(CheckpointFiles.CONFIG), config());
        CheckpointFiles.copyTokenizer(source.tokenizer, model.bart());
        Path generation = source.tokenizer.resolve(CheckpointFiles.GENERATION_CONFIG);
        if (Files.isRegularFile(generation)) {
            Files.copy(generation, model.bart().resolve(CheckpointFiles.GENERATION_CONFIG));
        }
        BartParameters.write(model.bart().resolve(CheckpointFiles.WEIGHTS), values, config, settings.stacked);
        Files.createDirectories(model.vqgan());
        for (Path file : CheckpointFiles.deciding(source.vqgan)) {
            Files.copy(file, model.vqgan().resolve(file.getFileName()));
        }
    }

    /** With what the original must know of the weights, for it looks there and not at them. */
    private byte[] config() throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode node = (ObjectNode) json.readTree(source.config);
        node.put("use_scan", settings.stacked);
        return json.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
    }

    @Override
    public Optional<BufferedImage> samples(Path folder, Parameters values) throws IOException {
        return sheet.draw(new ModelFolder(folder));
    }

    @Override
    public void close() {
        manager.close();
        texts.close();
    }
}
