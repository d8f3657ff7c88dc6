package org.dallemini.dalle.session;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.precision.Processor;

/**
 * Opens prepared graphs: as DJL models for predictors, or as bare sessions where outputs have to be pinned. All share
 * the one OrtEnvironment that ONNX Runtime has in a process. What is opened belongs to the caller, who closes it; this
 * object holds nothing that needs closing.
 */
public final class Sessions {
    private static final String ENGINE = "OnnxRuntime";

    private final SessionSettings settings;
    private final OrtEnvironment environment;

    /** Sessions with a pool of threads each, and without spinning. */
    public Sessions(int threads) {
        this(new SessionSettings(threads, false));
    }

    public Sessions(SessionSettings settings) {
        this.settings = settings;
        Djl.stayOffline();
        this.environment = RuntimeEnvironment.open(ENGINE);
    }

    /** Loads the native library, which the first sessions would do. */
    public static void loadLibrary() {
        Djl.stayOffline();
        RuntimeEnvironment.open(ENGINE);
    }

    /** The environment in which tensors for the sessions are made. */
    public OrtEnvironment environment() {
        return environment;
    }

    /** Where the sessions calculate. */
    public Device device() {
        return settings.device();
    }

    /** Opens a graph saved by {@link org.dallemini.dalle.onnx.Graph#save}. */
    public OrtSession open(Path model) throws OrtException {
        try (SessionOptions options = options()) {
            return environment.createSession(model.toString(), options);
        }
    }

    /** Opens a graph that has its weights in itself. */
    public OrtSession open(byte[] model) throws OrtException {
        try (SessionOptions options = options()) {
            return environment.createSession(model, options);
        }
    }

    /** Opens a saved graph as a DJL model, for predictors. */
    public Model openDjl(Path model) throws OrtException, IOException, MalformedModelException {
        String name = String.valueOf(model.getFileName());
        Model djl = Model.newInstance(name, Device.cpu(), ENGINE);
        try (SessionOptions options = options()) {
            djl.load(model.toAbsolutePath().getParent(), name, Map.of("sessionOptions", options));
            return djl;
        } catch (OrtException | IOException | MalformedModelException | RuntimeException e) {
            djl.close();
            throw e;
        }
    }

    private SessionOptions options() throws OrtException {
        SessionOptions options = new SessionOptions();
        if (settings.device().isGpu()) {
            try {
                options.addCUDA(settings.device().getDeviceId());
            } catch (OrtException e) {
                options.close();
                throw new ModelException(
                        "device cuda:" + settings.device().getDeviceId() + " cannot be used: " + e.getMessage()
                                + "; build with the Maven profile cuda, and install CUDA and cuDNN of the versions that"
                                + " ONNX Runtime " + environment.getVersion()
                                + " needs (onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html),"
                                + " or use device cpu",
                        e);
            }
        }
        options.setIntraOpNumThreads(settings.threads());
        options.setInterOpNumThreads(1); // operators run one after the other
        options.setOptimizationLevel(OptLevel.ALL_OPT);
        if (!Processor.hasByteProducts()) {
            // Products of 8-bit integers would overflow. Elsewhere it would make them two to three times slower.
            options.addConfigEntry("session.x64quantprecision", "1");
        }
        options.addConfigEntry("session.intra_op.allow_spinning", settings.spinning() ? "1" : "0");
        options.addConfigEntry("session.force_spinning_stop", "1"); // between two runs the processors are others'
        return options;
    }
}
