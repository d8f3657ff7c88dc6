package org.dallemini.dalle.bart;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;

/** Tensors over some adjacent rows of a {@link DecoderMemory}, without a copy. */
final class DecoderTensors implements AutoCloseable {
    private final OrtEnvironment environment;
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final Map<String, OnnxTensor> outputs = new HashMap<>();
    private final int first;
    private final int rows;

    DecoderTensors(OrtEnvironment environment, DecoderMemory memory, int first, int rows) throws OrtException {
        this.environment = environment;
        this.first = first;
        this.rows = rows;
        try {
            inputs.put("tokens", longs(memory.tokens));
            inputs.put("positions", longs(memory.positions));
            inputs.put("last", ints(memory.last, rows));
            inputs.put("total", OnnxTensor.createTensor(environment, memory.total, new long[] {1}));
            inputs.put("attention_mask", ints(memory.mask, memory.maskShape(rows)));
            outputs.put("logits", floats(memory.logits, memory.logitsShape(rows)));
            for (int i = 0; i < memory.selfKeys.size(); i++) {
                inOut("k." + i, floats(memory.selfKeys.get(i), memory.selfShape(rows)));
                inOut("v." + i, floats(memory.selfValues.get(i), memory.selfShape(rows)));
                inputs.put("cross_k." + i, floats(memory.crossKeys.get(i), memory.crossShape(rows)));
                inputs.put("cross_v." + i, floats(memory.crossValues.get(i), memory.crossShape(rows)));
            }
        } catch (OrtException | RuntimeException e) {
            close();
            throw e;
        }
    }

    int rows() {
        return rows;
    }

    void run(OrtSession session) throws OrtException {
        session.run(inputs, outputs).close();
    }

    @Override
    public void close() {
        outputs.values().forEach(OnnxTensor::close); // closing twice, as the keys and values are, does nothing
        inputs.values().stream().filter(t -> !t.isClosed()).forEach(OnnxTensor::close);
    }

    /** Past and present share the memory. */
    private void inOut(String name, OnnxTensor tensor) {
        inputs.put("past_" + name, tensor);
        outputs.put("present_" + name, tensor);
    }

    private OnnxTensor longs(LongBuffer buffer) throws OrtException {
        return OnnxTensor.createTensor(environment, buffer.slice(first, rows), new long[] {rows, 1});
    }

    private OnnxTensor ints(IntBuffer buffer, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, slice(buffer, shape), shape);
    }

    private OnnxTensor floats(FloatBuffer buffer, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, slice(buffer, shape), shape);
    }

    @SuppressWarnings("unchecked") // a slice of a buffer has its type
    private <B extends Buffer> B slice(B buffer, long... shape) {
        int row = 1;
        for (int i = 1; i < shape.length; i++) {
            row = Math.multiplyExact(row, Math.toIntExact(shape[i]));
        }
        return (B) buffer.slice(first * row, rows * row);
    }
}
