package org.dallemini.footprint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A kind of processor.
 *
 * @param name of the microarchitecture
 * @param wattsPerThread power of a busy hardware thread
 * @param kinds how Linux names such processors
 */
record Processor(String name, double wattsPerThread, List<String> kinds) {
    private static final List<Processor> KNOWN = Table.read("processors.tsv").stream()
            .map(row -> new Processor(row[0], Double.parseDouble(row[1]), List.of(row[2].split(" "))))
            .toList();

    /** Where it is not known: the median of those that are. */
    private static final Processor UNKNOWN =
            new Processor("unknown processor, the median of those known", median(), List.of());

    private static double median() {
        double[] watts =
                KNOWN.stream().mapToDouble(Processor::wattsPerThread).sorted().toArray();
        return watts[watts.length / 2];
    }

    static Processor ofThisMachine() {
        try {
            return of(Files.readString(Path.of("/proc/cpuinfo")));
        } catch (IOException e) {
            return UNKNOWN; // no Linux
        }
    }

    /** @param cpuinfo as Linux writes it, for the first processor at least */
    static Processor of(String cpuinfo) {
        Map<String, String> first = new HashMap<>();
        cpuinfo.lines()
                .map(line -> line.split(":", 2))
                .filter(parts -> parts.length == 2)
                .forEach(parts -> first.putIfAbsent(parts[0].trim(), parts[1].trim()));
        return KNOWN.stream()
                .filter(each -> each.kinds.stream().anyMatch(kind -> fits(kind.split(":"), first)))
                .findFirst()
                .orElse(UNKNOWN);
    }

    private static boolean fits(String[] kind, Map<String, String> cpu) {
        if (kind[0].equals("arm")) {
            return kind[1].equals(cpu.get("CPU implementer")) && kind[2].equals(cpu.get("CPU part"));
        }
        return kind[0].equals(cpu.get("vendor_id"))
                && kind[1].equals(cpu.get("cpu family"))
                && isAmong(cpu.get("model"), kind[2])
                && (kind.length < 4 || isAmong(cpu.get("stepping"), kind[3]));
    }

    /** @param ranges such as {@code 1,4-7} */
    private static boolean isAmong(@Nullable String number, String ranges) {
        Optional<Integer> value = Optional.ofNullable(number)
                .filter(text -> text.matches("\\d{1,9}"))
                .map(Integer::valueOf);
        return value.isPresent()
                && Arrays.stream(ranges.split(","))
                        .map(range -> range.split("-"))
                        .anyMatch(range -> value.get() >= Integer.parseInt(range[0])
                                && value.get() <= Integer.parseInt(range[range.length - 1]));
    }
}
