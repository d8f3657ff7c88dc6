package org.dallemini.training.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A function in TorchScript, given as text, which PyTorch's own compiler reads. So every operator of PyTorch can be
 * called, and a whole layer with one call; what lies between is freed by PyTorch as soon as it can be.
 *
 * <p>The text is in the form that PyTorch itself saves: functions of {@code torch}, no methods of tensors. It is packed
 * into the zip file that {@code torch.jit.load} expects: code, an object without attributes, no constants.
 */
public final class TorchFunction implements AutoCloseable {
    private static final String ROOT = "function/";

    /** Pickled: an instance of the class M whose attribute "training" is false. */
    private static final List<byte[]> OBJECT = List.of(
            bytes(0x80, 2),
            "c__torch__\nM\n".getBytes(StandardCharsets.US_ASCII),
            bytes(')', 0x81, '}', 'X', 8, 0, 0, 0),
            "training".getBytes(StandardCharsets.US_ASCII),
            bytes(0x89, 's', 'b', '.'));

    /** Pickled: an empty tuple. */
    private static final byte[] NOTHING = bytes(0x80, 2, ')', '.');

    private final PtSymbolBlock block;

    /**
     * @param arguments with their types, such as {@code "x: Tensor, rate: float"}
     * @param result type
     * @param body lines, the last of which returns
     * @throws IllegalArgumentException if it does not compile
     */
    public TorchFunction(NDManager manager, List<String> arguments, String result, List<String> body) {
        StringBuilder code = new StringBuilder("class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n")
                .append("  training : bool\n  def forward(self: __torch__.M");
        arguments.forEach(argument -> code.append(",\n    ").append(argument));
        code.append(") -> ").append(result).append(":\n");
        body.forEach(line -> code.append("    ").append(line).append('\n'));
        try {
            block = JniUtils.loadModule(
                    Torch.of(manager), new ByteArrayInputStream(archive(code.toString())), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("PyTorch refuses this function:\n" + code, e);
        }
    }

    private static byte[] archive(String code) throws IOException {
        ByteArrayOutputStream object = new ByteArrayOutputStream();
        for (byte[] part : OBJECT) {
            object.write(part);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "data.pkl", object.toByteArray());
            put(zip, "code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
            put(zip, "constants.pkl", NOTHING);
            put(zip, "version", "10\n".getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(ROOT + name);
        entry.setMethod(ZipEntry.STORED); // PyTorch maps the file
        entry.setSize(content.length);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /**
     * Calls a function of tensors, recorded if the thread {@linkplain Torch#record records}.
     *
     * @return tensors that belong to the manager of the first argument
     */
    public NDList call(List<NDArray> arguments) {
        return IValueUtils.forward(block, new NDList(arguments), true);
    }

    /** The same for a function with one result. */
    public NDArray call(NDArray... arguments) {
        return call(Arrays.asList(arguments)).singletonOrThrow();
    }

    /**
     * Calls a function that changes its arguments in place and returns something that is not needed. Never recorded.
     *
     * @param arguments lists of tensors, tensors, or doubles
     */
    public void run(Object... arguments) {
        IValue[] values = new IValue[arguments.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(arguments[i]);
        }
        try (IValue ignored = IValueUtils.runMethod(block, "forward", values)) {
            // nothing of it is needed
        } finally {
            for (IValue value : values) {
                value.close();
            }
        }
    }

    private static IValue value(Object argument) {
        if (argument instanceof NDArray array) {
            return IValue.from(Torch.of(array));
        }
        if (argument instanceof Double number) {
            return IValue.from(number);
        }
        List<?> list = (List<?>) argument;
        return IValue.listFrom(list.stream().map(array -> (PtNDArray) array).toArray(PtNDArray[]::new));
    }

    @Override
    public void close() {
        block.close();
    }
}
