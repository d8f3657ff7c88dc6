package org.dallemini.training.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Torch;
import org.dallemini.training.torch.TorchFunction;

/**
 * Threads that share the work on a batch, each with one core and gradients of its own. A batch is cut into pieces; loss
 * and gradients are summed over them and divided by their number, always in the same order, so that the same number of
 * threads gives the same bits.
 */
public final class Workers implements AutoCloseable {
    private final List<Parameters> replicas = new ArrayList<>();
    private final NDManager manager;
    private final ExecutorService threads;
    private final List<String> names;
    private final TorchFunction add;

    /** What is to be done with a piece: add gradients, give losses. */
    @FunctionalInterface
    public interface Work {
        double[] on(int piece, Parameters parameters, NDManager manager) throws Exception;
    }

    /** @param names of the parameters whose gradients are wanted */
    public Workers(Parameters parameters, List<String> names, int count) {
        this.names = names;
        manager = parameters.manager().newSubManager();
        threads = Executors.newFixedThreadPool(count, work -> {
            Thread thread = new Thread(
                    () -> {
                        Torch.prepareThread();
                        work.run();
                    },
                    "training");
            thread.setDaemon(true);
            return thread;
        });
        replicas.add(parameters);
        while (replicas.size() < count) {
            replicas.add(parameters.replica(manager));
        }
        for (Parameters replica : replicas) {
            replica.names().stream()
                    .filter(name -> name.endsWith("/kernel") && !names.contains(name))
                    .forEach(replica::fix);
        }
        add = new TorchFunction(
                manager,
                List.of("to: List[Tensor]", "from_: List[Tensor]"),
                "Tensor",
                List.of("torch._foreach_add_(to, from_)", "torch._foreach_zero_(from_)", "return to[0]"));
    }

    /**
     * Works on all pieces and leaves the mean of their gradients in the parameters.
     *
     * @return the mean of what the pieces gave
     */
    public double[] accumulate(int pieces, Work work) throws InterruptedException {
        double[] sums = run(pieces, work);
        List<NDArray> gradients = replicas.get(0).gradients(names);
        for (Parameters replica : replicas.subList(1, replicas.size())) {
            add.run(gradients, replica.gradients(names));
        }
        if (pieces > 1) {
            replicas.get(0).scaleGradients(1.0 / pieces);
        }
        return divide(sums, pieces);
    }

    /** The mean of what pieces give that want no gradients. */
    double[] mean(int pieces, Work work) throws InterruptedException {
        return divide(run(pieces, work), pieces);
    }

    private double[] run(int pieces, Work work) throws InterruptedException {
        List<Callable<double[]>> shares = new ArrayList<>();
        for (int i = 0; i < replicas.size(); i++) {
            int worker = i;
            shares.add(() -> share(worker, pieces, work));
        }
        double[] sums = {};
        try {
            for (Future<double[]> share : threads.invokeAll(shares)) { // all have ended, also if one has failed
                sums = add(sums, share.get());
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
        return sums;
    }

    private double[] share(int worker, int pieces, Work work) throws Exception {
        double[] sums = {};
        for (int piece = worker; piece < pieces; piece += replicas.size()) {
            try (NDManager own = Torch.newManager()) {
                sums = add(sums, work.on(piece, replicas.get(worker), own));
            }
        }
        return sums;
    }

    private static double[] add(double[] sums, double[] more) {
        if (sums.length == 0 || more.length == 0) {
            return sums.length == 0 ? more.clone() : sums;
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] += more[i];
        }
        return sums;
    }

    private static double[] divide(double[] sums, int pieces) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] /= pieces;
        }
        return sums;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        add.close();
        manager.close();
    }
}
