package org.dallemini.page;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The page as people use it, view by view, on one stack. */
class PageIT {
    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        PageTests.start(folder);
    }

    @AfterAll
    static void stop() {
        PageTests.stop();
    }

    @Nested
    class Drawing extends DrawingTests {}

    @Nested
    class Gallery extends GalleryTests {}

    @Nested
    class Jobs extends JobsTests {}

    @Nested
    class EveryView extends EveryViewTests {}
}
