package org.dallemini.training.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.TorchFunction;

/** A moving average of parameters, which often draws better than the parameters of any one moment. */
final class Averages implements AutoCloseable {
    private final Parameters averages;
    private final List<NDArray> from;
    private final List<NDArray> to;
    private final TorchFunction move;
    private final NDManager manager;

    /** @param decay how much of the average stays at each update */
    Averages(Parameters parameters, List<String> names, double decay) {
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
                List.of("to: List[Tensor]", "from_: List[Tensor]"),
                "Tensor",
                List.of("torch._foreach_lerp_(to, from_, " + (1 - decay) + ")", "return to[0]"));
    }

    void updated() {
        move.run(to, from);
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
