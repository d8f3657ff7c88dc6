package org.dallemini.training.torch;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Path;
import org.dallemini.dalle.session.Djl;

/**
 * The PyTorch of this process. Settings of gradients and threads are those of the calling thread, as in PyTorch itself;
 * DJL's {@code GradientCollector} is not used, for there can be only one in a process.
 */
public final class Torch {
    private Torch() {}

    /**
     * Loads the native libraries; they are unpacked on first use.
     *
     * @param cache where to
     */
    public static void load(Path cache) {
        Djl.stayOffline();
        Djl.cacheIn(cache);
        Engine.getEngine("PyTorch");
    }

    /** A manager of arrays that live until it is closed. */
    public static NDManager newManager() {
        return Engine.getEngine("PyTorch").newBaseManager();
    }

    /**
     * Has this thread compute with one core and run programs as they are written: what the optimising executor of
     * TorchScript does differs from the first call to the third, and runs would not repeat to the bit.
     */
    public static void prepareThread() {
        JniUtils.setGradMode(false);
        JniUtils.setNumThreads(1);
        JniUtils.setGraphExecutorOptimize(false);
    }

    /** Records what this thread computes until {@link Recording#close}, for {@link #backward}. */
    public static Recording record() {
        JniUtils.setGradMode(true);
        return () -> JniUtils.setGradMode(false);
    }

    /** Ends with {@link #close}. */
    public interface Recording extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Adds to the gradient of every leaf that y was computed of: d(sum of y * gradient) / d(leaf). What was recorded is
     * freed.
     *
     * @param gradient of the shape of y
     */
    public static void backward(NDArray y, NDArray gradient) {
        JniUtils.backward(of(y), of(gradient), false, false);
    }

    /** The same values, as an array whose gradient is wanted; belongs to the manager of x and shares its memory. */
    public static NDArray leaf(NDArray x) {
        NDArray leaf = x.stopGradient();
        leaf.setRequiresGradient(true);
        return leaf;
    }

    /** Overwrites the elements of an array by those of another of its shape. Never recorded. */
    public static void copy(NDArray from, NDArray to) {
        to.set(new NDIndex("..."), from);
    }

    static PtNDArray of(NDArray array) {
        return (PtNDArray) array;
    }

    static PtNDManager of(NDManager manager) {
        return (PtNDManager) manager;
    }
}
