package org.dallemini.dalle.precision;

import org.dallemini.dalle.checkpoint.Weight;

/** Adds matrix products to a graph, in one arithmetic. */
public interface MatrixProducts {
    /**
     * The product of a value and a weight.
     *
     * @param x float [..., in]
     * @param kernel float [in, out]
     * @return name of the value float [..., out]
     */
    String of(String x, Weight kernel);

    /**
     * The product of (x + shift) and a weight.
     *
     * @param x float [..., in]
     * @param shift float [in]
     * @param kernel float [in, out]
     * @return name of the value float [..., out]
     */
    String ofShifted(String x, Weight shift, Weight kernel);
}
