package org.dallemini.renditions;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.dallemini.dalle.cache.Sha256;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.RgbImage;

/**
 * Enlarges by a network of one's own in an ONNX file, such as Real-ESRGAN: one input of 1 x 3 x height x width numbers
 * from 0 to 1 (red, green, blue), of any height and width, and one output of the same kind that is larger by a whole
 * factor.
 */
public final class NetworkUpscaler implements Upscaler, AutoCloseable {
    private static final int COLOURS = 3;

    /** Of the picture that it is tried with. */
    private static final int TRIAL_SIDE = 16;

    /** Hexadecimal digits. */
    private static final int SHORT_HASH = 8;

    private final Sessions sessions;
    private final OrtSession session;
    private final String input;
    private final String name;

    private NetworkUpscaler(Sessions sessions, OrtSession session, String input, String name) {
        this.sessions = sessions;
        this.session = session;
        this.input = input;
        this.name = name;
    }

    /**
     * Opens a network and tries it.
     *
     * @throws IOException if the file cannot be read, or is no such network; names the file and says why
     */
    public static NetworkUpscaler open(Path file, Sessions sessions) throws IOException {
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.onnx$", "");
        String hash = Sha256.hex(file).substring(0, SHORT_HASH);
        OrtSession session;
        try {
            session = sessions.open(file);
        } catch (OrtException e) {
            throw new IOException(file + " is no network that ONNX Runtime can open: " + e.getMessage(), e);
        }
        if (session.getInputNames().size() != 1 || session.getOutputNames().isEmpty()) {
            throw new IOException(file + " is no upscaler: it has "
                    + session.getInputNames().size() + " inputs, one picture is what it gets");
        }
        NetworkUpscaler upscaler = new NetworkUpscaler(
                sessions, session, session.getInputNames().iterator().next(), name + " " + hash);
        try {
            upscaler.enlarge(new RgbImage(TRIAL_SIDE, TRIAL_SIDE, new byte[COLOURS * TRIAL_SIDE * TRIAL_SIDE]));
        } catch (IllegalStateException e) {
            upscaler.close();
            throw new IOException(file + " is no upscaler: " + e.getMessage(), e);
        }
        return upscaler;
    }

    /** The file's name and the beginning of its SHA-256. */
    @Override
    public String name() {
        return name;
    }

    @Override
    public RgbImage enlarge(RgbImage image) {
        int pixels = image.width() * image.height();
        FloatBuffer values = FloatBuffer.allocate(COLOURS * pixels);
        for (int colour = 0; colour < COLOURS; colour++) {
            for (int i = 0; i < pixels; i++) {
                values.put((image.rgb()[COLOURS * i + colour] & 0xff) / 255f);
            }
        }
        long[] shape = {1, COLOURS, image.height(), image.width()};
        try (OnnxTensor tensor = OnnxTensor.createTensor(sessions.environment(), values.flip(), shape);
                OrtSession.Result result = session.run(Map.of(input, tensor))) {
            return image((OnnxTensor) result.get(0), image);
        } catch (OrtException | ClassCastException e) {
            throw new IllegalStateException(
                    "it does not make a picture of " + image.width() + "x" + image.height() + ": " + e.getMessage(), e);
        }
    }

    private static RgbImage image(OnnxTensor output, RgbImage of) {
        long[] shape = output.getInfo().getShape();
        boolean isPicture = shape.length == 4 && shape[0] == 1 && shape[1] == COLOURS;
        long factor = isPicture ? shape[2] / of.height() : 0;
        if (!isPicture || factor < 2 || shape[2] != factor * of.height() || shape[3] != factor * of.width()) {
            throw new IllegalStateException("of a picture of " + of.width() + "x" + of.height()
                    + " it makes numbers of the shape " + Arrays.toString(shape)
                    + ", not a picture that is larger by a whole factor");
        }
        FloatBuffer values = output.getFloatBuffer();
        int pixels = (int) (shape[2] * shape[3]);
        byte[] rgb = new byte[COLOURS * pixels];
        for (int colour = 0; colour < COLOURS; colour++) {
            for (int i = 0; i < pixels; i++) {
                int value = Math.round(255 * values.get(colour * pixels + i));
                rgb[COLOURS * i + colour] = (byte) Math.min(255, Math.max(0, value));
            }
        }
        return new RgbImage((int) shape[3], (int) shape[2], rgb);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot close the network: " + e.getMessage(), e);
        }
    }
}
