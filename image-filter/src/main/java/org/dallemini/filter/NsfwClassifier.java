package org.dallemini.filter;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.RgbImage;

/**
 * nsfwjs' MobileNetV2 on ONNX Runtime: the scores that nsfwjs gives. A picture with fewer pixels than the network looks
 * at, and with a suspicious score, is looked at a second time with sharp edges, and the lower score of each class
 * counts: what is blurred by scaling up looks like skin to this network.
 */
public final class NsfwClassifier implements ImageClassifier {
    private static final String NAME = "nsfwjs-mobilenet-v2";

    /** From which score of a class other than the harmless ones on a small picture is looked at again. */
    private static final float SUSPICIOUS = 0.1f;

    private final Sessions sessions;
    private final OrtSession session;
    private final ReadWriteLock closing = new ReentrantReadWriteLock();
    private boolean closed;

    private NsfwClassifier(Sessions sessions, OrtSession session) {
        this.sessions = sessions;
        this.session = session;
    }

    /** Opens the network that lies beside this class. */
    public static NsfwClassifier open(Sessions sessions) {
        try (InputStream in = NsfwClassifier.class.getResourceAsStream(NAME + ".onnx")) {
            if (in == null) {
                throw new IllegalStateException(NAME + ".onnx is missing in the program");
            }
            return new NsfwClassifier(sessions, sessions.open(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot open " + NAME + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Scores classify(RgbImage image) {
        Scores scores = asNsfwjs(image);
        return isSmall(image) && isSuspicious(scores) ? scores.orLower(scores(ClassifierInput.blocks(image))) : scores;
    }

    /** What nsfwjs says. */
    Scores asNsfwjs(RgbImage image) {
        return scores(ClassifierInput.smooth(image));
    }

    private static boolean isSmall(RgbImage image) {
        return Math.min(image.width(), image.height()) < ClassifierInput.SIDE;
    }

    private static boolean isSuspicious(Scores scores) {
        return Math.max(scores.of(ImageClass.HENTAI), Math.max(scores.of(ImageClass.PORN), scores.of(ImageClass.SEXY)))
                >= SUSPICIOUS;
    }

    private Scores scores(FloatBuffer input) {
        long[] shape = {1, ClassifierInput.SIDE, ClassifierInput.SIDE, ClassifierInput.CHANNELS};
        closing.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the classifier is closed");
            }
            try (OnnxTensor tensor = OnnxTensor.createTensor(sessions.environment(), input, shape);
                    OrtSession.Result result = session.run(Map.of("image", tensor))) {
                return Scores.of(((float[][]) result.get(0).getValue())[0]);
            }
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not classify the image: " + e.getMessage(), e);
        } finally {
            closing.readLock().unlock();
        }
    }

    @Override
    public void close() {
        closing.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                session.close();
            }
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        } finally {
            closing.writeLock().unlock();
        }
    }
}
