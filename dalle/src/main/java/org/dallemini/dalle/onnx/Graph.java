package org.dallemini.dalle.onnx;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.dallemini.dalle.checkpoint.ElementType;
import org.dallemini.dalle.checkpoint.Weight;

/**
 * Builder of an ONNX model. Values are strings: each method that adds something returns the name under which other
 * operators can use it.
 *
 * <pre>
 * Graph g = new Graph("layer");
 * String x = g.input("x", FLOAT, "N", 8);
 * g.output(g.op("MatMul", x, g.weight(kernel)), "y", FLOAT, "N", 4);
 * Path model = g.save(folder);
 * </pre>
 *
 * <p>Weights are read only by {@link #save}, a few megabytes at a time. Not for use by several threads.
 */
public final class Graph {
    public static final ElementType FLOAT = ElementType.FLOAT32,
            UINT8 = ElementType.UINT8,
            INT8 = ElementType.INT8,
            INT32 = ElementType.INT32,
            INT64 = ElementType.INT64;

    private static final String MICROSOFT = "com.microsoft";
    private static final int IR_VERSION = 10, OPSET = 21, MICROSOFT_OPSET = 1;

    /** Weights begin at multiples of this, so that they can be mapped and not copied. */
    private static final int PAGE = 4096;

    private static final int BUFFER_BYTES = 4 << 20;

    private record Placed(Weight weight, long offset) {}

    private final Proto graph = new Proto();
    private final List<Placed> weights = new ArrayList<>();
    private final Set<String> constants = new HashSet<>();
    private final String name;
    private int names;
    private long weightBytes;

    /** @param name of the graph and of its files */
    public Graph(String name) {
        this.name = name;
        graph.text(Fields.GRAPH_NAME, name);
    }

    public String name() {
        return name;
    }

    /** @param dims the shape: numbers, or names of what may vary from run to run */
    public String input(String input, ElementType type, Object... dims) {
        graph.message(Fields.GRAPH_INPUT, Messages.valueInfo(input, type, dims));
        return input;
    }

    /**
     * Makes a value an output of the graph, under another name.
     *
     * @param dims the shape: numbers, or names of what may vary from run to run
     */
    public void output(String value, String output, ElementType type, Object... dims) {
        node("Identity").in(value).outNamed(output);
        declareOutput(output, type, dims);
    }

    /** Makes a value an output of the graph under the name that it has. */
    public void declareOutput(String value, ElementType type, Object... dims) {
        graph.message(Fields.GRAPH_OUTPUT, Messages.valueInfo(value, type, dims));
    }

    /** An array that goes into the file of weights. */
    public String weight(Weight weight) {
        String value = "w" + weights.size();
        long offset = aligned(weightBytes);
        weights.add(new Placed(weight, offset));
        weightBytes = offset + weight.bytes();
        graph.message(
                Fields.GRAPH_INITIALIZER,
                Messages.tensor(value, weight.type(), weight.shape())
                        .message(Fields.TENSOR_EXTERNAL_DATA, Messages.entry("location", dataFile()))
                        .message(Fields.TENSOR_EXTERNAL_DATA, Messages.entry("offset", Long.toString(offset)))
                        .message(Fields.TENSOR_EXTERNAL_DATA, Messages.entry("length", Long.toString(weight.bytes())))
                        .integer(Fields.TENSOR_DATA_LOCATION, Fields.LOCATION_EXTERNAL));
        return value;
    }

    /** A constant of rank 0. */
    public String scalar(float value) {
        return constant("scalar " + value, FLOAT, new long[0], floatBytes(value));
    }

    /** A constant of rank 0, from 0 to 255. */
    public String uint8(int value) {
        return constant("uint8 " + value, UINT8, new long[0], ByteBuffer.wrap(new byte[] {(byte) value}));
    }

    /**
     * A constant of rank 0, from -128 to 127. Each call makes another: ONNX Runtime 1.29.0 cannot open a graph in which
     * two products share the zero point of their weights, on processors for which it rewrites such products.
     */
    public String int8(int value) {
        ByteBuffer data = ByteBuffer.wrap(new byte[] {(byte) value});
        return constant("int8." + names++, INT8, new long[0], data);
    }

    /** A constant of rank 1. */
    public String floats(float... values) {
        return constant("floats " + Arrays.toString(values), FLOAT, new long[] {values.length}, floatBytes(values));
    }

    /** A constant of rank 1, as shapes and axes are given. */
    public String longs(long... values) {
        ByteBuffer data = littleEndian(INT64.bytes() * values.length);
        for (long value : values) {
            data.putLong(value);
        }
        return constant("longs " + Arrays.toString(values), INT64, new long[] {values.length}, data);
    }

    public Node node(String type) {
        return new Node(type, "");
    }

    /** An operator of ONNX Runtime's own. */
    public Node microsoft(String type) {
        return new Node(type, MICROSOFT);
    }

    /** An operator of ONNX without attributes and with one output. */
    public String op(String type, String... inputs) {
        return node(type).in(inputs).out();
    }

    public long weightBytes() {
        return weightBytes;
    }

    /** Writes name.onnx and its weights, name.data. Returns the former; ONNX Runtime finds and maps the latter. */
    public Path save(Path folder) throws IOException {
        return save(folder, bytes -> {});
    }

    /**
     * The same, with progress.
     *
     * @param progress told after every array how many of the {@link #weightBytes()} are written
     */
    public Path save(Path folder, LongConsumer progress) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try (FileChannel out = FileChannel.open(folder.resolve(dataFile()), CREATE, WRITE, TRUNCATE_EXISTING)) {
            for (Placed placed : weights) {
                out.position(placed.offset);
                placed.weight.writeTo(out, buffer);
                progress.accept(out.position());
            }
        }
        return Files.write(folder.resolve(name + ".onnx"), model());
    }

    byte[] model() {
        return new Proto()
                .integer(Fields.MODEL_IR_VERSION, IR_VERSION)
                .text(Fields.MODEL_PRODUCER, "dallemini")
                .message(Fields.MODEL_OPSET_IMPORT, Messages.opset("", OPSET))
                .message(Fields.MODEL_OPSET_IMPORT, Messages.opset(MICROSOFT, MICROSOFT_OPSET))
                .message(Fields.MODEL_GRAPH, graph)
                .toBytes();
    }

    private String dataFile() {
        return name + ".data";
    }

    private static long aligned(long position) {
        return (position + PAGE - 1) / PAGE * PAGE;
    }

    /** Equal constants are written once. */
    private String constant(String value, ElementType type, long[] shape, ByteBuffer data) {
        if (constants.add(value)) {
            graph.message(
                    Fields.GRAPH_INITIALIZER,
                    Messages.tensor(value, type, shape).bytes(Fields.TENSOR_RAW_DATA, data.array()));
        }
        return value;
    }

    private static ByteBuffer floatBytes(float... values) {
        ByteBuffer data = littleEndian(FLOAT.bytes() * values.length);
        for (float value : values) {
            data.putFloat(value);
        }
        return data;
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** One operator, added to the graph by whichever method names its outputs. */
    public final class Node {
        private final String type;
        private final Proto proto = new Proto();

        private Node(String type, String domain) {
            this.type = type;
            proto.text(Fields.NODE_OP, type)
                    .text(Fields.NODE_DOMAIN, domain)
                    .text(Fields.NODE_NAME, type + "_" + names++);
        }

        /** Inputs in the operator's order; "" stands for an optional one that is left out. */
        public Node in(String... inputs) {
            for (String input : inputs) {
                proto.text(Fields.NODE_INPUT, input);
            }
            return this;
        }

        public Node set(String attribute, long value) {
            return attribute(attribute, Fields.TYPE_INT, a -> a.integer(Fields.ATTRIBUTE_INT, value));
        }

        public Node set(String attribute, float value) {
            return attribute(attribute, Fields.TYPE_FLOAT, a -> a.real(Fields.ATTRIBUTE_FLOAT, value));
        }

        public Node set(String attribute, String value) {
            return attribute(attribute, Fields.TYPE_STRING, a -> a.text(Fields.ATTRIBUTE_STRING, value));
        }

        /** A type, as Cast wants it. */
        public Node set(String attribute, ElementType type) {
            return set(attribute, Fields.dataType(type));
        }

        /** A list of whole numbers; it has two at least, or is an array, since one alone is a number. */
        public Node set(String attribute, long... values) {
            return attribute(attribute, Fields.TYPE_INTS, a -> {
                for (long value : values) {
                    a.integer(Fields.ATTRIBUTE_INTS, value);
                }
            });
        }

        private Node attribute(String attribute, int attributeType, Consumer<Proto> value) {
            Proto message = new Proto().text(Fields.ATTRIBUTE_NAME, attribute);
            value.accept(message);
            proto.message(Fields.NODE_ATTRIBUTE, message.integer(Fields.ATTRIBUTE_TYPE, attributeType));
            return this;
        }

        /** The only output. */
        public String out() {
            return outs(1)[0];
        }

        /** The first n outputs. */
        public String[] outs(int n) {
            String[] outputs = new String[n];
            for (int i = 0; i < n; i++) {
                outputs[i] = type + "." + names++;
            }
            return outNamed(outputs);
        }

        /** The first outputs, under names of the caller's choice; "" for one that is left out. */
        public String[] outNamed(String... outputs) {
            for (String output : outputs) {
                proto.text(Fields.NODE_OUTPUT, output);
            }
            graph.message(Fields.GRAPH_NODE, proto);
            return outputs;
        }
    }
}
