package org.dallemini.dalle.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dallemini.dalle.onnx.Graph.FLOAT;
import static org.dallemini.dalle.onnx.Graph.INT64;
import static org.dallemini.dalle.onnx.Graph.INT8;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.dallemini.dalle.checkpoint.Tensor;
import org.dallemini.dalle.checkpoint.Weight;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks what is written with the classes that protoc generates from ONNX's schema. */
class GraphTest {
    @TempDir
    Path folder;

    @Test
    void shouldWriteNothingThatTheSchemaDoesNotKnow() throws IOException {
        // When
        ModelProto model = ModelProto.parseFrom(everything().model());

        // Then
        assertThat(unknownFields(model)).isZero();
        assertThat(model.getIrVersion()).isEqualTo(10);
        assertThat(model.getProducerName()).isEqualTo("dallemini");
        assertThat(model.getOpsetImportList())
                .extracting(o -> o.getDomain() + ":" + o.getVersion())
                .containsExactly(":21", "com.microsoft:1");
    }

    @Test
    void shouldWriteInputsAndOutputs() throws IOException {
        // When
        GraphProto graph = ModelProto.parseFrom(everything().model()).getGraph();

        // Then
        assertThat(graph.getName()).isEqualTo("everything");
        assertThat(graph.getInputList())
                .extracting(GraphTest::describe)
                .containsExactly("x FLOAT [N, 3]", "i INT64 []");
        assertThat(graph.getOutputList()).extracting(GraphTest::describe).containsExactly("y FLOAT [N, 2]");
    }

    @Test
    void shouldWriteOperatorsWithAttributesAndOptionalInputs() throws IOException {
        // When
        List<NodeProto> nodes =
                ModelProto.parseFrom(everything().model()).getGraph().getNodeList();

        // Then
        assertThat(nodes).extracting(NodeProto::getName).doesNotHaveDuplicates();
        NodeProto node = nodes.stream()
                .filter(n -> n.getOpType().equals("Strange"))
                .findFirst()
                .orElseThrow();
        assertThat(node.getDomain()).isEqualTo("com.microsoft");
        assertThat(node.getInputList()).startsWith("x", "", "i");
        assertThat(node.getOutputList()).hasSize(2);
        Map<String, AttributeProto> attributes =
                node.getAttributeList().stream().collect(Collectors.toMap(AttributeProto::getName, a -> a));
        assertThat(attributes.get("whole"))
                .matches(a -> a.getType() == AttributeProto.AttributeType.INT && a.getI() == -1);
        assertThat(attributes.get("type"))
                .matches(a -> a.getType() == AttributeProto.AttributeType.INT && a.getI() == 3);
        assertThat(attributes.get("real"))
                .matches(a -> a.getType() == AttributeProto.AttributeType.FLOAT && a.getF() == 1e-5f);
        assertThat(attributes.get("text"))
                .matches(a -> a.getType() == AttributeProto.AttributeType.STRING
                        && a.getS().toStringUtf8().equals("größer"));
        assertThat(attributes.get("list"))
                .matches(a -> a.getType() == AttributeProto.AttributeType.INTS
                        && a.getIntsList().equals(List.of(0L, 1L << 40, -7L)));
    }

    @Test
    void shouldWriteEqualConstantsOnce() throws IOException {
        // Given
        Graph graph = new Graph("constants");

        // When
        assertThat(graph.longs(1, -2)).isEqualTo(graph.longs(1, -2)).isNotEqualTo(graph.longs(1));
        assertThat(graph.scalar(1)).isEqualTo(graph.scalar(1)).isNotEqualTo(graph.floats(1));
        assertThat(graph.scalar(0f)).isNotEqualTo(graph.scalar(-0f));
        graph.floats(0.5f, Float.NEGATIVE_INFINITY);

        // Then
        List<TensorProto> written =
                ModelProto.parseFrom(graph.model()).getGraph().getInitializerList();
        assertThat(written).hasSize(7);
        TensorProto longs = written.get(0);
        assertThat(longs.getDimsList()).containsExactly(2L);
        assertThat(longs.getDataType()).isEqualTo(TensorProto.DataType.INT64_VALUE);
        ByteBuffer data = longs.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(data.getLong()).isEqualTo(1);
        assertThat(data.getLong()).isEqualTo(-2);
        assertThat(written.get(2).getDimsCount()).isZero();
        ByteBuffer floats = written.get(6).getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(floats.getFloat()).isEqualTo(0.5f);
        assertThat(floats.getFloat()).isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @Test
    void shouldWriteWeightsBesideTheModelAtPageBoundaries() throws IOException {
        // Given
        Tensor bytes = Tensor.allocate(INT8, 3);
        bytes.bytes().put(new byte[] {1, -2, 3});
        Graph graph = new Graph("weights");
        graph.weight(Weight.of(Tensor.filled(1.5f, 1, 5000)));
        graph.weight(Weight.of(bytes));
        graph.weight(Weight.of(Tensor.filled(2.5f, 2, 2)));
        List<Long> progress = new ArrayList<>();

        // When
        Path file = graph.save(folder, progress::add);

        // Then
        assertThat(file).isEqualTo(folder.resolve("weights.onnx"));
        byte[] data = Files.readAllBytes(folder.resolve("weights.data"));
        assertThat(graph.weightBytes()).isEqualTo(data.length).isEqualTo(6 * 4096 + 16);
        assertThat(progress).containsExactly(20_000L, 5 * 4096L + 3, 6 * 4096L + 16);
        List<TensorProto> tensors =
                ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getInitializerList();
        assertThat(tensors)
                .extracting(GraphTest::external)
                .containsExactly(
                        "FLOAT [1, 5000] {length=20000, location=weights.data, offset=0}",
                        "INT8 [3] {length=3, location=weights.data, offset=20480}",
                        "FLOAT [2, 2] {length=16, location=weights.data, offset=24576}");
        ByteBuffer read = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(read.getFloat(19_996)).isEqualTo(1.5f);
        assertThat(read.getInt(20_000)).isZero();
        assertThat(read.get(20_481)).isEqualTo((byte) -2);
        assertThat(read.getFloat(24_576)).isEqualTo(2.5f);
    }

    @Test
    void shouldReadAWeightOnlyWhenItIsSaved() throws IOException {
        // Given
        List<String> read = new ArrayList<>();
        Graph graph = new Graph("lazy");

        // When
        graph.weight(new Weight(new long[] {1}, () -> {
            read.add("read");
            return Tensor.allocate(1);
        }));

        // Then
        assertThat(read).isEmpty();
        graph.save(folder);
        assertThat(read).containsExactly("read");
    }

    @Test
    void shouldRefuseAWeightThatIsNotWhatItSaid() {
        // Given
        Graph graph = new Graph("wrong");
        graph.weight(new Weight(new long[] {2, 3}, () -> Tensor.allocate(3, 2)));

        // When / Then
        assertThatThrownBy(() -> graph.save(folder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("declared as FLOAT32 [2, 3] but is FLOAT32 [3, 2]");
    }

    private static Graph everything() {
        Graph g = new Graph("everything");
        String x = g.input("x", FLOAT, "N", 3);
        String i = g.input("i", INT64);
        String[] parts = g.microsoft("Strange")
                .in(x, "", i, g.weight(Weight.of(Tensor.allocate(3, 2))), g.longs(7), g.scalar(0.5f))
                .set("whole", -1L)
                .set("type", INT8)
                .set("real", 1e-5f)
                .set("text", "größer")
                .set("list", 0L, 1L << 40, -7L)
                .outs(2);
        g.output(g.op("Add", parts), "y", FLOAT, "N", 2);
        return g;
    }

    private static String describe(ValueInfoProto value) {
        var type = value.getType().getTensorType();
        return value.getName() + " " + TensorProto.DataType.forNumber(type.getElemType()) + " "
                + type.getShape().getDimList().stream()
                        .map(d -> d.hasDimParam() ? d.getDimParam() : Long.toString(d.getDimValue()))
                        .toList();
    }

    private static String external(TensorProto tensor) {
        assertThat(tensor.getDataLocation()).isEqualTo(TensorProto.DataLocation.EXTERNAL);
        return TensorProto.DataType.forNumber(tensor.getDataType()) + " " + tensor.getDimsList() + " "
                + tensor.getExternalDataList().stream()
                        .collect(Collectors.toMap(e -> e.getKey(), e -> e.getValue(), (a, b) -> a, TreeMap::new));
    }

    private static int unknownFields(Message message) {
        int count = message.getUnknownFields().asMap().size();
        for (Object value : message.getAllFields().values()) {
            for (Object element : value instanceof List<?> list ? list : List.of(value)) {
                if (element instanceof Message part) {
                    count += unknownFields(part);
                }
            }
        }
        return count;
    }
}
