package org.dallemini.model;

import java.io.IOException;
import org.dallemini.model.checkpoint.FlaxCheckpoint;
import org.dallemini.model.onnx.Graph;

/** Builds one graph of a model. Its weights are read only when the graph is saved, while the checkpoint is open. */
@FunctionalInterface
public interface GraphSource {
    Graph build(FlaxCheckpoint weights) throws IOException;
}
