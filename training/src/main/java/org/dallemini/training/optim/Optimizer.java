package org.dallemini.training.optim;

import ai.djl.ndarray.NDArray;
import java.util.SortedMap;

/** Changes parameters in place by their gradients. */
public interface Optimizer extends AutoCloseable {
    /**
     * Makes one update, with the gradients that the parameters have.
     *
     * @param rate of learning; with 0 the parameters stay and the state goes on, as in the original
     */
    void update(double rate);

    /** Everything but the parameters that later updates depend on; the very arrays, which may be written to. */
    SortedMap<String, NDArray> state();

    /** Number of updates so far. */
    int updates();

    /** Goes on from a state that was read into {@link #state()}. */
    void resume(int updates);

    @Override
    void close();
}
