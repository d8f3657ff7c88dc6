package org.dallemini.training.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.dallemini.training.torch.Parameters;

/** What is trained, on what. Updates are counted from 0. */
public interface Task extends AutoCloseable {
    /** All parameters of the model. */
    Parameters parameters();

    /** Names of the parameters that are trained. */
    List<String> trained();

    /** Names of what {@link #learn} and {@link #evaluate} give, the first of which is to become small. */
    List<String> losses();

    /** Samples of a batch, for one update. */
    int batchSize();

    /** Pieces that a batch is cut into. */
    int pieces();

    /**
     * Adds the gradients of the mean loss of a piece to those of p. Called by several threads at once.
     *
     * @param p the parameters, with the thread's gradients
     * @param manager of what is needed on the way
     */
    double[] learn(int update, int piece, Parameters p, NDManager manager) throws IOException;

    /** The samples of a batch in words, for the message when its loss is no number. */
    String describe(int update);

    /** Pieces of what is held out; may be 0. */
    int evaluationPieces();

    /** The losses of a piece of what is held out. Called by several threads at once. */
    double[] evaluate(int piece, Parameters p, NDManager manager) throws IOException;

    /** Called after each update, with no other call in progress. */
    void updated(int update, NDManager manager);

    /** What later updates depend on beside parameters and optimizer; the very arrays, which may be written to. */
    SortedMap<String, NDArray> state();

    /**
     * Writes the model as it is now.
     *
     * @param folder a model folder, which exists and is empty
     * @param values by name of a parameter
     */
    void write(Path folder, Parameters values) throws IOException;

    /** A sheet of sample pictures by the model in this folder, if there is something to be seen. */
    Optional<BufferedImage> samples(Path folder, Parameters values) throws IOException;

    @Override
    void close() throws IOException;
}
