package org.dallemini.dalle.cache;

import java.io.IOException;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.onnx.Graph;

/** Builds one graph of a model. Its weights are read only when the graph is saved, while the checkpoint is open. */
@FunctionalInterface
public interface GraphSource {
    Graph build(FlaxCheckpoint weights) throws IOException;
}
