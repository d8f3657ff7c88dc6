package org.dallemini.training.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes a {@link TorchFunction} of inputs and parameters, operator by operator. Values go by the names returned. */
public final class Program {
    /** Numbers that TorchScript has for types of elements. */
    private static final int FLOAT = 6, BFLOAT16 = 15;

    private final Dtype dtype;
    private final List<String> inputs = new ArrayList<>();
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private final List<String> lines = new ArrayList<>();
    private int values;

    /** A program that computes in float32 throughout. */
    public Program() {
        this(Dtype.FLOAT32);
    }

    /** @param dtype of what {@link #lowered} gives */
    public Program(Dtype dtype) {
        this.dtype = dtype;
    }

    /** Declares the next input. */
    public String input(String name) {
        inputs.add(name);
        return name;
    }

    /** The parameter of this name. */
    public String parameter(String name) {
        return parameters.computeIfAbsent(name, n -> "p" + parameters.size());
    }

    /**
     * An expression of {@code torch}.
     *
     * @param format as of {@link String#format}; a float is written as {@code %s} or {@code %e}
     */
    public String op(String format, Object... arguments) {
        String value = "v" + values++;
        lines.add(value + " = " + String.format(Locale.ROOT, format, arguments));
        return value;
    }

    /** A value in the type in which large products are computed. */
    public String lowered(String value) {
        return dtype == Dtype.FLOAT32 ? value : op("torch.to(%s, %d)", value, BFLOAT16);
    }

    /** A parameter, in the type in which large products are computed. */
    public String weight(String name) {
        return lowered(parameter(name));
    }

    /** A value in float32. */
    public String raised(String value) {
        return dtype == Dtype.FLOAT32 ? value : op("torch.to(%s, %d)", value, FLOAT);
    }

    /** Takes a list of tensors apart. */
    public List<String> parts(int count, String format, Object... arguments) {
        String list = op(format, arguments);
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(op("%s[%d]", list, i));
        }
        return parts;
    }

    /** Ends the program. */
    public Compiled returning(NDManager manager, String... results) {
        lines.add("return [" + String.join(", ", results) + "]");
        List<String> arguments = new ArrayList<>();
        inputs.forEach(name -> arguments.add(name + ": Tensor"));
        parameters.values().forEach(name -> arguments.add(name + ": Tensor"));
        return new Compiled(
                new TorchFunction(manager, arguments, "List[Tensor]", lines), List.copyOf(parameters.keySet()));
    }

    /**
     * A program that can run.
     *
     * @param parameters that it needs, in order
     */
    public record Compiled(TorchFunction function, List<String> parameters) {
        /**
         * Runs it, recorded if the thread {@linkplain Torch#record records}.
         *
         * @return its results; they belong to the manager of the first input
         */
        public List<NDArray> run(Parameters values, NDArray... inputs) {
            List<NDArray> arguments = new ArrayList<>(List.of(inputs));
            parameters.forEach(name -> arguments.add(values.get(name)));
            return function.call(arguments);
        }

        /** The same for a program with one result. */
        public NDArray apply(Parameters values, NDArray... inputs) {
            return run(values, inputs).get(0);
        }
    }
}
