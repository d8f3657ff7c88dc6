package org.dallemini.training.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The parameters of a network by name, float32, each with its gradient. */
public final class Parameters {
    private final NDManager manager;
    private final Map<String, NDArray> values = new LinkedHashMap<>();
    private final Map<String, NDArray> gradients = new LinkedHashMap<>();

    /** @param manager of all of them */
    public Parameters(NDManager manager) {
        this.manager = manager;
    }

    /** Adds a parameter. */
    public void add(String name, float[] elements, long... shape) {
        add(name, manager.create(elements, new Shape(shape)));
    }

    private void add(String name, NDArray value) {
        value.setRequiresGradient(true);
        values.put(name, value);
        gradients.put(name, firstGradient(value));
    }

    /** PyTorch makes the array of a gradient in the first pass backward, and adds to that very array from then on. */
    private static NDArray firstGradient(NDArray value) {
        try (Torch.Recording ignored = Torch.record();
                NDArray products = value.mul(0);
                NDArray sum = products.sum();
                NDArray one = sum.onesLike()) {
            Torch.backward(sum, one);
        }
        return value.getGradient();
    }

    /**
     * The same values, in the same memory, with gradients of their own: for another thread.
     *
     * @param replicaManager of the gradients
     */
    public Parameters replica(NDManager replicaManager) {
        Parameters replica = new Parameters(replicaManager);
        values.forEach((name, value) -> {
            NDArray shared = value.stopGradient();
            shared.attach(replicaManager);
            replica.add(name, shared);
        });
        return replica;
    }

    /**
     * A parameter.
     *
     * @throws NullPointerException naming it, if there is none
     */
    public NDArray get(String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    /** From now on no gradient of this parameter is computed, which is a third of the work on its products. */
    public void fix(String name) {
        get(name).setRequiresGradient(false);
    }

    /** The names, in the order in which they were added. */
    public Collection<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** The sum of what {@link Torch#backward} added since it was zeroed; always the same array. */
    public NDArray gradient(String name) {
        return Objects.requireNonNull(gradients.get(name), name);
    }

    /** The gradients of these parameters, in this order. */
    public List<NDArray> gradients(Collection<String> names) {
        List<NDArray> list = new ArrayList<>();
        names.forEach(name -> list.add(gradient(name)));
        return list;
    }

    /** These parameters, in this order. */
    public List<NDArray> values(Collection<String> names) {
        List<NDArray> list = new ArrayList<>();
        names.forEach(name -> list.add(get(name)));
        return list;
    }

    /** Multiplies every gradient. */
    public void scaleGradients(double factor) {
        names().forEach(name -> gradient(name).muli(factor));
    }

    /** Sets every gradient to zero. */
    public void zeroGradients() {
        values.values().forEach(value -> JniUtils.zeroGrad(Torch.of(value)));
    }

    /** The manager of all of them. */
    public NDManager manager() {
        return manager;
    }
}
