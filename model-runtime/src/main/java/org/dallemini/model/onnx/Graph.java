package org.dallemini.model.onnx;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dallemini.model.checkpoint.Weight;

/**
 * Builder of an ONNX model. Weights are external data: given to the session in memory (see {@link #weights()}) or saved
 * beside the model.
 */
public final class Graph {
    public static final int FLOAT = 1, UINT8 = 2, INT32 = 6, INT64 = 7;
    private static final String MICROSOFT = "com.microsoft";
    private static final int IR_VERSION = 10, OPSET = 21, PAGE = 4096;

    private final Proto graph = new Proto();
    private final Map<String, Weight> weights = new LinkedHashMap<>();
    private final Map<String, String> constants = new LinkedHashMap<>();
    private final String name;
    private int names;
    private long end;

    public Graph(String name) {
        this.name = name;
        graph.text(2, name);
    }

    public String input(String name, int type, Object... dims) {
        graph.message(11, valueInfo(name, type, dims));
        return name;
    }

    /** Gives the value an output name. */
    public void output(String value, String name, int type, Object... dims) {
        node("Identity").in(value).outNamed(name);
        declareOutput(name, type, dims);
    }

    public void declareOutput(String name, int type, Object... dims) {
        graph.message(12, valueInfo(name, type, dims));
    }

    public String weight(Weight t) {
        String w = "w" + weights.size();
        long length = 4;
        for (long d : t.shape()) length *= d;
        weights.put(w, t);
        end = (end + PAGE - 1) / PAGE * PAGE;
        graph.message(
                5,
                tensor(w, FLOAT, t.shape())
                        .message(13, entry("location", name + ".data"))
                        .message(13, entry("offset", "" + end))
                        .message(13, entry("length", "" + length))
                        .integer(14, 1));
        end += length;
        return w;
    }

    private static Proto entry(String key, String value) {
        return new Proto().text(1, key).text(2, value);
    }

    public String name() {
        return name;
    }

    /** Size of the weights' file. */
    public long weightBytes() {
        return end;
    }

    /** Writes name.onnx and its weights, name.data; ONNX Runtime maps the latter. */
    public Path save(Path folder) throws IOException {
        return save(folder, bytes -> {});
    }

    /** The same, telling the bytes written after every array. */
    public Path save(Path folder, java.util.function.LongConsumer progress) throws IOException {
        Path model = folder.resolve(name + ".onnx");
        try (FileChannel out = FileChannel.open(folder.resolve(name + ".data"), CREATE, WRITE, TRUNCATE_EXISTING)) {
            for (Weight t : weights.values()) {
                out.position((out.position() + PAGE - 1) / PAGE * PAGE);
                out.write(t.read().bytes());
                progress.accept(out.position());
            }
        }
        return Files.write(model, model());
    }

    public String scalar(float value) {
        return constant("f" + value, FLOAT, new long[0], bytes(value));
    }

    public String floats(float... values) {
        return constant("v" + java.util.Arrays.toString(values), FLOAT, new long[] {values.length}, bytes(values));
    }

    private static ByteBuffer bytes(float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float v : values) data.putFloat(v);
        return data;
    }

    public String longs(long... values) {
        ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long v : values) data.putLong(v);
        return constant("i" + java.util.Arrays.toString(values), INT64, new long[] {values.length}, data);
    }

    private String constant(String name, int type, long[] shape, ByteBuffer data) {
        return constants.computeIfAbsent(name, n -> {
            graph.message(5, tensor(n, type, shape).bytes(9, data.array()));
            return n;
        });
    }

    public Node node(String type) {
        return new Node(type, "");
    }

    public Node microsoft(String type) {
        return new Node(type, MICROSOFT);
    }

    public String op(String type, String... inputs) {
        return node(type).in(inputs).out();
    }

    public Map<String, Weight> weights() {
        return weights;
    }

    public byte[] model() {
        return new Proto()
                .integer(1, IR_VERSION)
                .text(2, "dallemini")
                .message(8, new Proto().text(1, "").integer(2, OPSET))
                .message(8, new Proto().text(1, MICROSOFT).integer(2, 1))
                .message(7, graph)
                .toBytes();
    }

    private static Proto tensor(String name, int type, long[] shape) {
        Proto t = new Proto();
        for (long d : shape) t.integer(1, d);
        return t.integer(2, type).text(8, name);
    }

    /** Dimensions are numbers or names. */
    private static Proto valueInfo(String name, int type, Object... dims) {
        Proto shape = new Proto();
        for (Object d : dims)
            shape.message(
                    1, d instanceof Number n ? new Proto().integer(1, n.longValue()) : new Proto().text(2, (String) d));
        return new Proto()
                .text(1, name)
                .message(2, new Proto().message(1, new Proto().integer(1, type).message(2, shape)));
    }

    /** One operator; an input "" is an optional one left out. */
    public final class Node {
        private final String type;
        private final Proto proto = new Proto();

        private Node(String type, String domain) {
            this.type = type;
            proto.text(4, type).text(7, domain).text(3, type + "_" + names++);
        }

        public Node in(String... inputs) {
            for (String i : inputs) proto.text(1, i);
            return this;
        }

        public Node set(String name, long value) {
            return attribute(new Proto().text(1, name).integer(3, value).integer(20, 2));
        }

        public Node set(String name, float value) {
            return attribute(new Proto().text(1, name).real(2, value).integer(20, 1));
        }

        public Node set(String name, String value) {
            return attribute(new Proto().text(1, name).text(4, value).integer(20, 3));
        }

        public Node set(String name, long... values) {
            Proto a = new Proto().text(1, name);
            for (long v : values) a.integer(8, v);
            return attribute(a.integer(20, 7));
        }

        private Node attribute(Proto a) {
            proto.message(5, a);
            return this;
        }

        public String out() {
            return outs(1)[0];
        }

        public String[] outs(int n) {
            String[] outputs = new String[n];
            for (int i = 0; i < n; i++) outputs[i] = type + "." + names++;
            return outNamed(outputs);
        }

        public String[] outNamed(String... outputs) {
            for (String o : outputs) proto.text(2, o);
            graph.message(1, proto);
            return outputs;
        }
    }
}
