package org.dallemini.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.dallemini.training.torch.Parameters;

/**
 * Distributed Shampoo as train.py of dalle-mini calls it (Anil et al. 2020, arXiv:2002.09018, in the form of
 * {@code scalable_shampoo}): each block of a parameter is multiplied by inverse roots of the second moments along its
 * dimensions, and takes the length of its update from a simpler method.
 *
 * <p>An update uses roots that an earlier one computed. Both momenta, of preconditioned and of grafted gradients, run
 * from the first update on; until {@code startPreconditioningStep} the second is used.
 */
public final class Shampoo implements Optimizer {
    /** Dimensions are merged up to this size, {@code merge_small_dims_block_size}. */
    private static final int MERGE_UP_TO = 4096;

    /** Keeps divisions by a length from failing. */
    private static final double TINY = 1e-16;

    private static final double FIRST_STATISTICS = 1e-6;

    /** A root with a larger error is not taken, {@code inverse_failure_threshold}. */
    private static final double MAX_ROOT_ERROR = 0.1;

    /**
     * The settings by train.py's names.
     *
     * @param blockSize largest size of a block along a dimension
     * @param startPreconditioningStep first update that is preconditioned
     * @param preconditioningComputeSteps updates from one computation of roots to the next
     * @param skipPreconditioningDimSizeGt parameters with a larger dimension are grafted only
     */
    public record Settings(
            int blockSize,
            double beta1,
            double beta2,
            double diagonalEpsilon,
            double matrixEpsilon,
            double weightDecay,
            int startPreconditioningStep,
            int preconditioningComputeSteps,
            Graft graft,
            boolean nesterov,
            int skipPreconditioningDimSizeGt) {
        /** What train.py has unless told otherwise. */
        public static final Settings DEFAULTS =
                new Settings(1024, 0.9, 0.999, 1e-10, 1e-6, 0, 101, 10, Graft.RMSPROP_NORMALIZED, false, 4096);
    }

    private final Settings settings;
    private final NDManager manager;
    private final List<Parameter> parameters = new ArrayList<>();
    private final SortedMap<String, NDArray> state = new TreeMap<>();
    private int updates;

    /**
     * @param names of the parameters that are trained
     * @param group of a parameter: the matrices of a group are padded to the size of its largest
     */
    public Shampoo(Settings settings, Parameters parameters, List<String> names, UnaryOperator<String> group) {
        this.settings = settings;
        manager = parameters.manager().newSubManager();
        Map<String, Integer> largest = new HashMap<>();
        for (String name : names) {
            Parameter parameter = new Parameter(name, parameters.get(name), parameters.gradient(name));
            this.parameters.add(parameter);
            for (int size : parameter.sizes()) {
                largest.merge(group.apply(name), size, Math::max);
            }
        }
        for (Parameter parameter : this.parameters) {
            parameter.padded = largest.getOrDefault(group.apply(parameter.name), 1);
        }
    }

    /**
     * The groups of train.py: if layers are stacked in one array those of the encoder, those of the decoder, and all
     * others; else one.
     */
    public static UnaryOperator<String> groups(boolean stacked) {
        return name -> {
            if (stacked && name.contains("/FlaxBartEncoderLayer_")) {
                return "encoder";
            }
            return stacked && name.contains("/FlaxBartDecoderLayer_") ? "decoder" : "standard";
        };
    }

    @Override
    public void update(double rate) {
        for (Parameter parameter : parameters) {
            try (NDManager step = manager.newSubManager()) {
                parameter.update(step, rate);
            }
        }
        updates++;
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
    }

    @Override
    public void close() {
        manager.close();
    }

    /** Dimensions merged from the left while their product is small; a dimension of 1 goes. */
    static long[] merged(long[] shape) {
        List<Long> merged = new ArrayList<>();
        long product = 1;
        for (long dimension : shape) {
            if (product * dimension <= MERGE_UP_TO) {
                product *= dimension;
            } else {
                if (product > 1) {
                    merged.add(product);
                }
                product = dimension;
            }
        }
        if (product > 1 || merged.isEmpty()) {
            merged.add(product);
        }
        return merged.stream().mapToLong(Long::longValue).toArray();
    }

    private static NDArray view(NDArray array, NDManager manager) {
        NDArray view = array.stopGradient();
        view.attach(manager);
        return view;
    }

    private static double length(NDArray x) {
        return Math.sqrt(x.square().sum().getFloat());
    }

    /** A part of a parameter in its merged shape, with a matrix for each dimension. */
    private record Block(long[] from, long[] to, List<NDArray> statistics, List<NDArray> roots) {
        NDArray of(NDArray whole) {
            return whole.get(index());
        }

        NDIndex index() {
            NDIndex index = new NDIndex();
            for (int i = 0; i < from.length; i++) {
                index.addSliceDim(from[i], to[i]);
            }
            return index;
        }

        int rank() {
            return from.length;
        }
    }

    private final class Parameter {
        private final String name;
        private final NDArray value;
        private final NDArray gradient;
        private final Shape shape;
        private final NDArray momentum;
        private final NDArray diagonalMomentum;
        private final NDArray diagonalStatistics;
        private final List<Block> blocks = new ArrayList<>();
        private int padded;

        Parameter(String name, NDArray value, NDArray gradient) {
            this.name = name;
            this.value = value;
            this.gradient = gradient;
            shape = new Shape(merged(value.getShape().getShape()));
            if (shape.dimension() > 2) {
                throw new IllegalArgumentException(name + " has " + shape.dimension() + " dimensions, more than 2");
            }
            momentum = kept("momentum/" + name, manager.zeros(shape));
            diagonalMomentum = kept("diagonal_momentum/" + name, manager.zeros(shape));
            diagonalStatistics = kept("diagonal_statistics/" + name, manager.zeros(shape));
            boolean skipped = false;
            for (long dimension : value.getShape().getShape()) {
                skipped |= dimension > settings.skipPreconditioningDimSizeGt;
            }
            if (!skipped) {
                cut();
            }
        }

        private NDArray kept(String key, NDArray array) {
            state.put(key, array);
            return array;
        }

        private void cut() {
            long columns = shape.dimension() == 2 ? shape.get(1) : 1;
            for (long row = 0; row < shape.get(0); row += settings.blockSize) {
                for (long column = 0; column < columns; column += settings.blockSize) {
                    long[] from = {row, column};
                    long[] to = {end(row, shape.get(0)), end(column, columns)};
                    block(Arrays.copyOf(from, shape.dimension()), Arrays.copyOf(to, shape.dimension()));
                }
            }
        }

        private long end(long from, long size) {
            return Math.min(from + settings.blockSize, size);
        }

        private void block(long[] from, long[] to) {
            List<NDArray> statistics = new ArrayList<>();
            List<NDArray> roots = new ArrayList<>();
            for (int i = 0; i < from.length; i++) {
                int size = Math.toIntExact(to[i] - from[i]);
                String key = name + "/" + String.format("%04d", sizes().size() + i);
                statistics.add(kept("statistics/" + key, manager.eye(size).mul(FIRST_STATISTICS)));
                roots.add(kept("preconditioners/" + key, manager.eye(size)));
            }
            blocks.add(new Block(from, to, statistics, roots));
        }

        List<Integer> sizes() {
            List<Integer> sizes = new ArrayList<>();
            for (Block block : blocks) {
                for (NDArray statistics : block.statistics) {
                    sizes.add(Math.toIntExact(statistics.getShape().get(0)));
                }
            }
            return sizes;
        }

        void update(NDManager step, double rate) {
            NDArray p = view(value, step).reshape(shape);
            NDArray g = view(gradient, step).reshape(shape);
            blocks.forEach(block -> addToStatistics(step, block, block.of(g)));
            NDArray grafted = grafted(step, g);
            NDArray preconditioned = preconditioned(step, g, grafted);
            preconditioned.muli(length(grafted) / (length(preconditioned) + TINY));
            if (settings.weightDecay != 0) {
                preconditioned.addi(p.mul(settings.weightDecay));
                grafted = grafted.add(p.mul(settings.weightDecay));
            }
            NDArray mean = moved(view(momentum, step), settings.beta1, preconditioned);
            NDArray diagonalMean = moved(view(diagonalMomentum, step), settings.beta1, grafted);
            boolean started = updates >= settings.startPreconditioningStep;
            NDArray change = started ? mean : diagonalMean;
            if (settings.nesterov) {
                change = (started ? preconditioned : grafted)
                        .mul(1 - settings.beta1)
                        .add(change.mul(settings.beta1));
            }
            p.subi(change.mul(rate));
            if (updates % settings.preconditioningComputeSteps == 0) {
                blocks.forEach(block -> computeRoots(step, block));
            }
        }

        private NDArray moved(NDArray mean, double beta, NDArray x) {
            return mean.muli(beta).addi(x.mul(1 - beta));
        }

        private void addToStatistics(NDManager step, Block block, NDArray g) {
            double share = settings.beta2 == 1 ? 1 : 1 - settings.beta2;
            for (int i = 0; i < block.rank(); i++) {
                NDArray rows = block.rank() == 1 ? g.reshape(-1, 1) : i == 0 ? g : g.transpose();
                view(block.statistics.get(i), step)
                        .muli(settings.beta2)
                        .addi(rows.matMul(rows.transpose()).muli(share));
            }
        }

        private NDArray grafted(NDManager step, NDArray gradient) {
            NDArray g = settings.graft.isNormalized() ? gradient.div(length(gradient) + TINY) : gradient;
            if (!settings.graft.hasStatistics()) {
                return settings.graft == Graft.SQRT_N ? g.sign() : g;
            }
            NDArray squares = view(diagonalStatistics, step);
            if (settings.graft.forgets()) {
                squares.muli(settings.beta2);
            }
            double share = settings.graft.forgets() && settings.beta2 != 1 ? 1 - settings.beta2 : 1;
            squares.addi(g.square().muli(share));
            return g.div(squares.sqrt().addi(settings.diagonalEpsilon));
        }

        private NDArray preconditioned(NDManager step, NDArray g, NDArray grafted) {
            if (blocks.isEmpty()) {
                return grafted.duplicate();
            }
            NDArray whole = step.zeros(shape);
            for (Block block : blocks) {
                NDArray first = view(block.roots.get(0), step).transpose();
                NDArray x = block.rank() == 1
                        ? first.matMul(block.of(g).reshape(-1, 1)).flatten()
                        : first.matMul(block.of(g)).matMul(view(block.roots.get(1), step));
                whole.set(block.index(), x);
            }
            return whole;
        }

        private void computeRoots(NDManager step, Block block) {
            for (int i = 0; i < block.rank(); i++) {
                try (NDManager own = step.newSubManager()) {
                    InverseRoot root = InverseRoot.of(
                            view(block.statistics.get(i), own), 2 * block.rank(), padded, settings.matrixEpsilon);
                    if (root.error() < MAX_ROOT_ERROR) { // not for NaN
                        view(block.roots.get(i), own).set(new NDIndex(":"), root.root());
                    }
                }
            }
        }
    }
}
