package org.dallemini.dalle.bart;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.config.GenerationConfig;
import org.dallemini.dalle.config.WeightsFit;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.precision.Processor;
import org.dallemini.dalle.session.Sessions;

/** A DALL·E BART that is ready to draw. Not thread-safe: text encoder and decoders belong to one thread. */
public final class BartModel implements AutoCloseable {
    private final Sessions sessions;
    private final BartConfig config;
    private final GenerationConfig defaults;
    private final String revision;
    private final Precision precision;
    private final TextEncoder encoder;
    private final OrtSession decoder;

    private BartModel(
            Sessions sessions,
            BartConfig config,
            GenerationConfig defaults,
            String revision,
            Precision precision,
            TextEncoder encoder,
            OrtSession decoder) {
        this.sessions = sessions;
        this.config = config;
        this.defaults = defaults;
        this.revision = revision;
        this.precision = precision;
        this.encoder = encoder;
        this.decoder = decoder;
    }

    /**
     * Opens a checkpoint; the first time its graphs are built, which takes a while.
     *
     * @param checkpointFolder of config.json and weights
     * @param precision of the decoder's products with weights. The text encoder has 8 bits in blocks unless it has 32:
     *     it runs once for hundreds of steps of the decoder
     * @throws ModelException if the checkpoint is damaged or of another architecture
     */
    public static BartModel open(Path checkpointFolder, ModelCache cache, Sessions sessions, Precision precision)
            throws IOException {
        BartConfig config = BartConfig.read(checkpointFolder);
        GenerationConfig defaults = GenerationConfig.read(checkpointFolder);
        WeightsFit.require(checkpointFolder, config); // before anything is hashed or converted
        String revision = cache.revision(checkpointFolder);
        Precision ofEncoder = precision == Precision.FP32 ? Precision.FP32 : Precision.INT8;
        Path encoderGraph =
                cache.graph(checkpointFolder, BartGraphs.ENCODER_NAME, ofEncoder.key(), weights -> new BartGraphs(
                                config, weights, ofEncoder)
                        .encoder());
        Path decoderGraph =
                cache.graph(checkpointFolder, BartGraphs.DECODER_NAME, precision.key(), weights -> new BartGraphs(
                                config, weights, precision)
                        .decoder());
        // Side by side: laying out the weights keeps one processor busy for either
        CompletableFuture<OrtSession> decoder =
                CompletableFuture.supplyAsync(() -> openDecoder(sessions, decoderGraph));
        TextEncoder encoder;
        try {
            encoder = new TextEncoder(openEncoder(sessions, encoderGraph), config.decoderLayers());
        } catch (IOException | RuntimeException e) {
            decoder.thenAccept(BartModel::close);
            throw e;
        }
        try {
            return new BartModel(sessions, config, defaults, revision, precision, encoder, decoder.join());
        } catch (CompletionException e) {
            encoder.close();
            throw e.getCause() instanceof ModelException cause ? cause : e;
        }
    }

    private static Model openEncoder(Sessions sessions, Path graph) throws IOException {
        try {
            return sessions.openDjl(graph);
        } catch (OrtException | MalformedModelException e) {
            throw new ModelException("cannot open the graph " + graph + ": " + e.getMessage(), e);
        }
    }

    private static OrtSession openDecoder(Sessions sessions, Path graph) {
        try {
            return sessions.open(graph);
        } catch (OrtException e) {
            throw new ModelException("cannot open the graph " + graph + ": " + e.getMessage(), e);
        }
    }

    private static void close(OrtSession decoder) {
        try {
            decoder.close();
        } catch (OrtException e) {
            throw new ModelException("closing the decoder failed: " + e.getMessage(), e);
        }
    }

    /**
     * What is best on a device, given that the images must be as good as in float32: 8 bits on a processor that
     * multiplies bytes, which the fidelity table in docs/models.md shows to draw as many captions right; else 32.
     *
     * @param device cpu or cuda:N
     */
    public static Precision automaticPrecision(String device) {
        return device.equals("cpu") && Processor.hasByteProducts() ? Precision.INT8 : Precision.FP32;
    }

    public BartConfig config() {
        return config;
    }

    /** How to draw what a prompt does not say. */
    public GenerationConfig defaults() {
        return defaults;
    }

    /** Identifies what the model draws, see {@link ModelCache#revision}. */
    public String revision() {
        return revision;
    }

    /** Arithmetic of the decoder's products with weights. */
    public Precision precision() {
        return precision;
    }

    /**
     * Computes what drawing needs of a text.
     *
     * @param ids of the text with its start and end, without padding
     * @throws ModelException if the computation fails
     */
    public EncodedText encode(int... ids) {
        return encoder.encode(ids);
    }

    /** Most bytes that a row of a decoder takes. */
    public static long bytesPerRow(BartConfig config) {
        return DecoderMemory.bytesPerRow(config);
    }

    /**
     * Allocates a decoder; to be closed before the model.
     *
     * @param rows how many rows can be open at a time
     */
    public Decoder decoder(int rows) {
        return new OrtDecoder(sessions.environment(), decoder, config, rows, precision.rowMultiple());
    }

    @Override
    public void close() {
        encoder.close();
        close(decoder);
    }
}
