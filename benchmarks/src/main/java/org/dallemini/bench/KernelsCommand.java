package org.dallemini.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.Main;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code kernels}: JMH. */
@Command(
        name = "kernels",
        description = {
            "Measures code of our own with JMH: sampler, normaliser and tokenizer, PNG writer, Avro serdes, keys.",
            "All arguments are JMH's: 'Sampler' for a part of them, -f 3 -i 10 for longer, -prof gc, -rf json, -h for help."
        })
final class KernelsCommand implements Callable<Integer> {
    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Main.main(arguments.toArray(String[]::new));
        return 0;
    }
}
