package org.dallemini.dalle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.dallemini.dalle.onnx.Graph.FLOAT;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.util.Utils;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.dallemini.dalle.checkpoint.Tensor;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.onnx.Graph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionsTest {
    @TempDir
    Path folder;

    private Path model;

    /** y = x [N, 2] times [[1, 2, 3], [4, 5, 6]], and 0.5 added. */
    @BeforeEach
    void writeModel() throws Exception {
        Tensor kernel = Tensor.allocate(2, 3);
        for (int i = 0; i < 6; i++) {
            kernel.data().put(i, i + 1);
        }
        Graph g = new Graph("linear");
        String product = g.op("MatMul", g.input("x", FLOAT, "N", 2), g.weight(Weight.of(kernel)));
        g.output(g.op("Add", product, g.scalar(0.5f)), "y", FLOAT, "N", 3);
        model = g.save(folder);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRunASavedGraph(boolean spinning) throws Exception {
        // Given
        Sessions sessions = new Sessions(new SessionSettings(2, spinning));

        // When
        try (OrtSession session = sessions.open(model);
                OnnxTensor x = OnnxTensor.createTensor(sessions.environment(), new float[][] {{1, 1}, {2, 0}});
                OrtSession.Result result = session.run(Map.of("x", x))) {

            // Then
            assertThat((float[][]) result.get(0).getValue())
                    .isDeepEqualTo(new float[][] {{5.5f, 7.5f, 9.5f}, {2.5f, 4.5f, 6.5f}});
        }
    }

    @Test
    void shouldRunASavedGraphThroughDjl() throws Exception {
        // When
        try (Model djl = new Sessions(1).openDjl(model);
                Predictor<NDList, NDList> predictor = djl.newPredictor(new NoopTranslator());
                NDArray x = djl.getNDManager().create(new float[] {1, 1}, new Shape(1, 2))) {
            NDList y = predictor.predict(new NDList(x));

            // Then
            assertThat(y.get(0).toFloatArray()).containsExactly(5.5f, 7.5f, 9.5f);
        }
    }

    @Test
    void shouldShareOneEnvironment() {
        assertThat(new Sessions(1).environment()).isSameAs(new Sessions(2).environment());
    }

    @Test
    void shouldStayOffline() {
        // When
        new Sessions(1);

        // Then
        assertThat(Utils.isOfflineMode()).isTrue();
        assertThat(Utils.getEnvOrSystemProperty("OPT_OUT_TRACKING")).isEqualTo("true");
    }

    @Test
    void shouldFailOnADamagedModel() throws Exception {
        // Given
        Sessions sessions = new Sessions(1);
        Files.write(model, new byte[100]);

        // When / Then
        assertThatThrownBy(() -> sessions.open(model)).isInstanceOf(OrtException.class);
        assertThatThrownBy(() -> sessions.openDjl(model)).isInstanceOf(MalformedModelException.class);
    }

    @Test
    void shouldSayWhatAGraphicsProcessorTakes() {
        // Given
        assumeThat(OrtEnvironment.getAvailableProviders()).doesNotContain(OrtProvider.CUDA); // profile cuda
        Sessions sessions = new Sessions(new SessionSettings("cuda:1", 1, false));

        // When / Then
        assertThatThrownBy(() -> sessions.open(model))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("device cuda:1 cannot be used")
                .hasMessageContaining("Maven profile cuda");
        assertThatThrownBy(() -> sessions.openDjl(model)).isInstanceOf(ModelException.class);
    }

    @Test
    void shouldKnowDevicesByName() {
        assertThat(new SessionSettings("cpu", 1, false).device()).isEqualTo(Device.cpu());
        assertThat(new SessionSettings("cuda:2", 1, false).device()).isEqualTo(Device.gpu(2));
        assertThatThrownBy(() -> new SessionSettings("gpu", 1, false)).hasMessageContaining("neither cpu nor cuda:N");
    }

    @Test
    void shouldRefuseSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> new SessionSettings(0, false)).hasMessageContaining("must be at least 1");
    }
}
