package org.dallemini.training.evaluate;

import java.io.IOException;
import java.nio.file.Path;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.dalle.vqgan.VqganEncoder;
import org.dallemini.training.run.WeightsFile;

/**
 * What a VQGAN sees in a picture: rows of the codebook, averaged over 4 x 4 parts of the picture. For one thread at a
 * time.
 */
final class PictureFeatures implements AutoCloseable {
    private static final int PARTS = 4;

    private final VqganEncoder encoder;
    private final float[] codebook;
    private final int width;
    private final int grid;

    /** @param vqgan folder of the VQGAN */
    PictureFeatures(Path vqgan, ModelCache cache) throws IOException {
        VqganConfig config = VqganConfig.read(vqgan);
        width = config.embedDim();
        grid = config.gridSize();
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(vqgan)) {
            codebook = WeightsFile.floats(
                    checkpoint.weight("quantize/embedding/embedding").read());
        }
        encoder = VqganEncoder.open(vqgan, cache, new Sessions(1));
    }

    /** Image tokens of a picture. */
    int[] tokens(RgbImage image) {
        return encoder.encode(image);
    }

    /** Height and width of the pictures it takes. */
    int resolution() {
        return encoder.resolution();
    }

    /** A vector [16 * width of the codebook]. */
    float[] of(int[] tokens) {
        float[] features = new float[PARTS * PARTS * width];
        for (int i = 0; i < tokens.length; i++) {
            int row = i / grid * PARTS / grid;
            int column = i % grid * PARTS / grid;
            int to = (row * PARTS + column) * width;
            for (int j = 0; j < width; j++) {
                features[to + j] += codebook[tokens[i] * width + j];
            }
        }
        return features;
    }

    @Override
    public void close() {
        encoder.close();
    }
}
