package org.dallemini.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.TorchFunction;

/**
 * {@code optax.adamw} as train.py of dalle-mini calls it: with m = b1 m + (1 - b1) g and v = b2 v + (1 - b2) g², p
 * becomes p - rate (m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon) + decay p). Everything is float32, 1 - b^t too,
 * which makes early updates about 2e-5 (relative) larger than in exact arithmetic.
 */
public final class AdamW implements Optimizer {
    /**
     * The settings with the original's defaults.
     *
     * @param decay of all parameters, decoupled from the gradient; multiplied by the rate
     */
    public record Settings(double beta1, double beta2, double epsilon, double decay) {
        public static final Settings DEFAULTS = new Settings(0.9, 0.999, 1e-8, 0);
    }

    private final Settings settings;
    private final NDManager manager;
    private final TorchFunction update;
    private final SortedMap<String, NDArray> state = new TreeMap<>();
    private final List<NDArray> values;
    private final List<NDArray> gradients;
    private final List<NDArray> means = new ArrayList<>();
    private final List<NDArray> squares = new ArrayList<>();
    private final List<NDArray> counts = new ArrayList<>();
    private int updates;

    /** @param names of the parameters that are trained */
    public AdamW(Settings settings, Parameters parameters, List<String> names) {
        this.settings = settings;
        manager = parameters.manager().newSubManager();
        values = parameters.values(names);
        gradients = parameters.gradients(names);
        for (String name : names) {
            means.add(zeros("mu/" + name, parameters.get(name)));
            squares.add(zeros("nu/" + name, parameters.get(name)));
            counts.add(manager.zeros(new Shape()));
        }
        update = new TorchFunction(
                manager,
                List.of(
                        "p: List[Tensor]",
                        "g: List[Tensor]",
                        "m: List[Tensor]",
                        "v: List[Tensor]",
                        "count: List[Tensor]",
                        "rate: float",
                        "decay: float",
                        "epsilon: float"),
                "Tensor",
                List.of(
                        "torch._foreach_add_(count, 1)",
                        "torch._fused_adamw_(p, g, m, v, [], count, lr=rate, beta1=" + settings.beta1 + ", beta2="
                                + settings.beta2
                                + ", weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)",
                        "return count[0]"));
    }

    private NDArray zeros(String name, NDArray like) {
        NDArray zeros = manager.zeros(like.getShape());
        state.put(name, zeros);
        return zeros;
    }

    /**
     * PyTorch's kernel divides by 1 - b^t in double precision. For the original's float32 value the difference goes
     * into rate and epsilon: rate m / c1 / (sqrt(v / c2) + e) = rate' m / d1 / (sqrt(v / d2) + e') with rate' = rate
     * d1/c1 sqrt(c2/d2) and e' = e sqrt(c2/d2).
     */
    @Override
    public void update(double rate) {
        updates++;
        double ofMeans = exact(settings.beta1) / single(settings.beta1);
        double ofRoots = Math.sqrt(single(settings.beta2) / exact(settings.beta2));
        double kernelRate = rate * ofMeans * ofRoots;
        double decay = settings.decay / (ofMeans * ofRoots); // the kernel multiplies it by its rate
        update.run(values, gradients, means, squares, counts, kernelRate, decay, settings.epsilon * ofRoots);
    }

    private double exact(double beta) {
        return 1 - Math.pow(beta, updates);
    }

    private double single(double beta) {
        return 1 - (float) Math.pow((float) beta, updates);
    }

    @Override
    public SortedMap<String, NDArray> state() {
        return state;
    }

    @Override
    public int updates() {
        return updates;
    }

    @Override
    public void resume(int updatesBefore) {
        updates = updatesBefore;
        counts.forEach(count -> count.addi(updatesBefore));
    }

    @Override
    public void close() {
        update.close();
        manager.close();
    }
}
