package org.dallemini.dalle.precision;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What the processor of this machine can do. */
public final class Processor {
    private static final Path LINUX = Path.of("/proc/cpuinfo");

    /** Instructions that multiply bytes and add them up in 32 bits: VNNI of x86-64, dot products of AArch64. */
    private static final Pattern BYTE_PRODUCTS =
            Pattern.compile("^(flags|Features)\\s*:.*\\b(avx512_vnni|avx_vnni|asimddp)\\b", Pattern.MULTILINE);

    private Processor() {}

    /**
     * Whether it has instructions that multiply bytes. Without them ONNX Runtime's 8-bit products of larger batches are
     * slower than those of floats. Known on Linux only; elsewhere false.
     */
    public static boolean hasByteProducts() {
        return hasByteProducts(LINUX);
    }

    static boolean hasByteProducts(Path cpuinfo) {
        try {
            return Files.isReadable(cpuinfo)
                    && BYTE_PRODUCTS
                            .matcher(Files.readString(cpuinfo, StandardCharsets.ISO_8859_1))
                            .find();
        } catch (IOException e) {
            return false; // the slower way is right everywhere
        }
    }
}
