package org.dallemini.dalle.testing;

import java.io.IOException;
import java.nio.file.Path;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.text.TextProcessor;

/** Opens models for tests. */
public final class TestModels {
    /** One thread, so that the tests of several modules can run at a time. */
    public static final Sessions SESSIONS = new Sessions(1);

    private TestModels() {}

    /** The checkpoint of the small trained model of this project. */
    public static Path shapes() {
        return ShippedModel.folder().resolve("dalle-bart");
    }

    /**
     * In float32.
     *
     * @param checkpointFolder with config.json
     * @param work where prepared graphs go
     */
    public static BartModel open(Path checkpointFolder, Path work) throws IOException {
        return open(checkpointFolder, work, SESSIONS, Precision.FP32);
    }

    public static BartModel open(Path checkpointFolder, Path work, Sessions sessions, Precision precision)
            throws IOException {
        return BartModel.open(checkpointFolder, new ModelCache(work.resolve("model-cache")), sessions, precision);
    }

    public static TextProcessor texts(Path checkpointFolder, BartModel model) throws IOException {
        return TextProcessor.open(checkpointFolder, model.config());
    }
}
