package org.dallemini.training.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.dallemini.training.torch.Dtype;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Program;
import org.dallemini.training.torch.Torch;

/** How fast PyTorch multiplies float32 matrices here: what no training can beat. */
public final class MatrixRate {
    private static final int SIZE = 1024, ROUNDS = 40;

    private MatrixRate() {}

    /** Floating point operations a second of all threads together, each with a core; the best of many rounds. */
    public static double measure(int threads, Dtype dtype) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Double>> rates = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                rates.add(pool.submit(() -> ofThisThread(dtype)));
            }
            double sum = 0;
            for (Future<Double> rate : rates) {
                sum += rate.get();
            }
            return sum;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            pool.shutdown();
        }
    }

    private static double ofThisThread(Dtype dtype) {
        Torch.prepareThread();
        double best = Double.MAX_VALUE;
        try (NDManager manager = Torch.newManager()) {
            NDArray a = manager.randomNormal(new Shape(SIZE, SIZE));
            if (dtype == Dtype.BFLOAT16) {
                Program p = new Program(dtype);
                a = p.returning(manager, p.lowered(p.input("x"))).apply(new Parameters(manager), a);
            }
            for (int i = 0; i < ROUNDS; i++) {
                long began = System.nanoTime();
                a.matMul(a).close();
                best = Math.min(best, (System.nanoTime() - began) / 1e9);
            }
        }
        return 2.0 * SIZE * SIZE * SIZE / best;
    }
}
