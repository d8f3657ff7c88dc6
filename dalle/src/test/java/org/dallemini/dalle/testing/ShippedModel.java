package org.dallemini.dalle.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/** The small trained model that comes with the project. */
public final class ShippedModel {
    private ShippedModel() {}

    /** The model folder. */
    public static Path folder() {
        Path root = Path.of(System.getProperty("dallemini.root", "")).toAbsolutePath();
        while (!Files.isDirectory(root.resolve("models/shapes"))) { // an IDE starts tests in the module
            root = root.getParent();
            if (root == null) {
                throw new IllegalStateException("models/shapes is nowhere above the working folder");
            }
        }
        return root.resolve("models/shapes");
    }

    /** Its VQGAN. */
    public static Path vqgan() {
        return folder().resolve("vqgan");
    }
}
