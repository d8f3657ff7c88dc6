package org.dallemini.dalle.precision;

import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.onnx.Graph;

/** Products of 32-bit floats. */
record FloatProducts(Graph g) implements MatrixProducts {

    @Override
    public String of(String x, Weight kernel) {
        return g.op("MatMul", x, g.weight(kernel));
    }

    @Override
    public String ofShifted(String x, Weight shift, Weight kernel) {
        return of(g.op("Add", x, g.weight(shift)), kernel);
    }
}
