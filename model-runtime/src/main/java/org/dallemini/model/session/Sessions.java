package org.dallemini.model.session;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Opens graphs, as DJL models or as bare sessions, in the one OrtEnvironment of the process. */
public final class Sessions {
    private final int threads;
    private final OrtEnvironment environment;

    public Sessions(int threads) {
        this.threads = threads;
        Engine.getEngine(
                "OnnxRuntime"); // first: DJL gives the environment its thread options, and may do so only when it
        // creates it
        environment = OrtEnvironment.getEnvironment();
    }

    public OrtEnvironment environment() {
        return environment;
    }

    public SessionOptions options() throws OrtException {
        SessionOptions o = new SessionOptions();
        o.setIntraOpNumThreads(threads);
        o.setInterOpNumThreads(1);
        o.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
        return o;
    }

    /** Opens a graph saved by {@link org.dallemini.model.onnx.Graph#save}. */
    public OrtSession open(Path model) throws OrtException {
        return environment.createSession(model.toString(), options());
    }

    /** Opens a saved graph as a DJL model, for predictors. */
    public Model openDjl(Path model) throws OrtException, IOException, MalformedModelException {
        String name = String.valueOf(model.getFileName()).replaceFirst("[.]onnx$", "");
        Model djl = Model.newInstance(name, Device.cpu(), "OnnxRuntime");
        djl.load(model.toAbsolutePath().getParent(), name, Map.of("sessionOptions", options()));
        return djl;
    }
}
