package org.dallemini.dalle.vqgan;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.dallemini.dalle.onnx.Graph;
import org.dallemini.dalle.session.Sessions;

/** One run of a graph with one input, as a bare session without DJL. */
final class GraphRun implements AutoCloseable {
    private final OrtSession session;
    private final OnnxTensor input;
    private final OrtSession.Result outputs;

    /**
     * @param folder where the graph is saved
     * @param values FloatBuffer or LongBuffer
     */
    GraphRun(Graph graph, Path folder, String inputName, long[] shape, Buffer values) throws Exception {
        Sessions sessions = new Sessions(2);
        session = sessions.open(graph.save(folder));
        input = values instanceof FloatBuffer floats
                ? OnnxTensor.createTensor(sessions.environment(), floats, shape)
                : OnnxTensor.createTensor(sessions.environment(), (LongBuffer) values, shape);
        outputs = session.run(Map.of(inputName, input));
    }

    float[] floats(String output) {
        return copy(tensor(output).getFloatBuffer(), new float[count(output)]);
    }

    long[] longs(String output) {
        return copy(tensor(output).getLongBuffer(), new long[count(output)]);
    }

    byte[] bytes(String output) {
        return copy(tensor(output).getByteBuffer(), new byte[count(output)]);
    }

    private static <T> T copy(Buffer from, T to) {
        System.arraycopy(from.array(), from.arrayOffset(), to, 0, from.remaining()); // ONNX Runtime gives heap copies
        return to;
    }

    private OnnxTensor tensor(String output) {
        return (OnnxTensor) outputs.get(output).orElseThrow();
    }

    private int count(String output) {
        return (int) tensor(output).getInfo().getNumElements();
    }

    @Override
    public void close() throws OrtException {
        outputs.close();
        input.close();
        session.close();
    }
}
