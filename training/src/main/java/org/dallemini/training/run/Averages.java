package org.dallemini.training.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.TorchFunction;

/**
 * A moving average of parameters, which often draws better than the parameters of any one moment. It begins with the
 * first updates, which weigh more then, for what training begins with is noise.
 */
final class Averages implements AutoCloseable {
    private final Parameters averages;
    private final List<NDArray> from;
    private final List<NDArray> to;
    private final TorchFunction move;
    private final NDManager manager;
    private final double decay;

    /** @param decay how much of the average stays at each update */
    Averages(Parameters parameters, List<String> names, double decay) {
        this.decay = decay;
        manager = parameters.manager().newSubManager();
        averages = new Parameters(manager);
        for (String name : parameters.names()) {
            NDArray value = parameters.get(name);
            averages.add(name, value.toFloatArray(), value.getShape().getShape());
        }
        from = parameters.values(names);
        to = averages.values(names);
        move = new TorchFunction(
                manager,
                List.of("to: List[Tensor]", "from_: List[Tensor]", "share: float"),
                "Tensor",
                List.of("torch._foreach_lerp_(to, from_, share)", "return to[0]"));
    }

    /** @param updates that were made in all */
    void updated(int updates) {
        move.run(to, from, 1 - Math.min(decay, updates / (updates + 9.0)));
    }

    Parameters values() {
        return averages;
    }

    SortedMap<String, NDArray> state() {
        SortedMap<String, NDArray> state = new TreeMap<>();
        averages.names().forEach(name -> state.put("average/" + name, averages.get(name)));
        return state;
    }

    @Override
    public void close() {
        move.close();
        manager.close();
    }
}
