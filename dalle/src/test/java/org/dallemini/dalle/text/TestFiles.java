package org.dallemini.dalle.text;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.testing.Goldens;

/** Files that the tests of this package share. */
final class TestFiles {
    private static final List<String> TOKENIZER = List.of(
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "vocab.json",
            "merges.txt",
            CheckpointFiles.WORD_LIST);

    private TestFiles() {}

    static Path resource(String name) {
        URL url = TestFiles.class.getResource(name);
        if (url == null) {
            throw new IllegalStateException(name + " is not among the test resources");
        }
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Folder of a tokenizer: the first of the goldens. */
    static Path bart() {
        return Goldens.open().sets().get(0).bart();
    }

    /** Copies the tokenizer's files, all but those named. */
    static Path copyOfBart(Path target, String... without) throws IOException {
        for (String name : TOKENIZER) {
            if (!List.of(without).contains(name)) {
                Files.copy(bart().resolve(name), target.resolve(name));
            }
        }
        return target;
    }
}
