package org.dallemini.dalle.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The golden vectors to test against: those of this project, or any of the same layout given with
 * -Ddallemini.goldens=DIR. The README in the folder tells what they are.
 *
 * @param folder has one folder per set, logits/ and text.json
 */
public record Goldens(Path folder) {

    /** The folder of the system property dallemini.goldens. */
    public static Goldens open() {
        return new Goldens(folder("goldens"));
    }

    /**
     * Outputs of the original code for a trained model, from the system property dallemini.model-goldens:
     * input_ids.npy, tokens_greedy.npy, pixels_greedy.npy ... and golden.json.
     */
    public static Golden ofModel() {
        return new Golden(folder("model-goldens"));
    }

    /**
     * Outputs of the original's training script, from the system property dallemini.training-goldens; the checkpoints
     * that lie with none of its sets are those of {@link #open}.
     */
    public static Goldens ofTraining() {
        return new Goldens(folder("training-goldens"));
    }

    /** Every set that has a checkpoint, in the order of names; at least one. */
    public List<Set> sets() {
        try (Stream<Path> folders = Files.list(folder)) {
            List<Set> sets = folders.filter(f -> Files.isDirectory(f.resolve("dalle-bart")))
                    .sorted()
                    .map(Set::new)
                    .toList();
            if (sets.isEmpty()) {
                throw new IllegalStateException("no folder of " + folder + " has a dalle-bart/ in it");
            }
            return sets;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sets with a VQGAN; may be empty. */
    public List<Set> vqganSets() {
        return sets().stream().filter(Set::hasVqgan).toList();
    }

    /** Cases and draws of the sampler: logits.json, input.npy, filtered_0.npy ... */
    public Golden logits() {
        return new Golden(folder.resolve("logits"));
    }

    /** Strings with their normal form and token ids. */
    public JsonNode text() {
        return read(folder.resolve("text.json"));
    }

    /** One checkpoint with its golden outputs; shows as its name in a parameterised test. */
    public record Set(Path folder) {
        public String name() {
            return String.valueOf(folder.getFileName());
        }

        public Path bart() {
            return folder.resolve("dalle-bart");
        }

        public Path vqgan() {
            return folder.resolve("vqgan");
        }

        public boolean hasVqgan() {
            return Files.isDirectory(vqgan());
        }

        /** The outputs. */
        public Golden golden() {
            return new Golden(folder.resolve("golden"));
        }

        /** golden.json: the parameters of the BART and the settings of each sequence. */
        public JsonNode json() {
            return read(folder.resolve("golden.json"));
        }

        /** golden_vqgan.json: the parameters of the VQGAN. */
        public JsonNode vqganJson() {
            return read(folder.resolve("golden_vqgan.json"));
        }

        @Override
        public String toString() {
            return name();
        }
    }

    /** A folder of arrays. */
    public record Golden(Path folder) {
        public boolean has(String array) {
            return Files.isRegularFile(folder.resolve(array + ".npy"));
        }

        /** @param array name without .npy */
        public Npy array(String array) {
            return Npy.read(folder.resolve(array + ".npy"));
        }

        /** Names of the arrays that begin so, sorted, without .npy. */
        public List<String> arrays(String prefix) {
            try (Stream<Path> files = Files.list(folder)) {
                return files.map(f -> f.getFileName().toString())
                        .filter(f -> f.startsWith(prefix) && f.endsWith(".npy"))
                        .map(f -> f.substring(0, f.length() - ".npy".length()))
                        .sorted()
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** @param name with .json */
        public JsonNode json(String name) {
            return read(folder.resolve(name));
        }
    }

    private static JsonNode read(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A relative folder is meant from the project's root, whatever module the test runs in. */
    private static Path folder(String name) {
        Path root = Path.of(System.getProperty("dallemini.root", "")).toAbsolutePath();
        String given = System.getProperty("dallemini." + name);
        if (given == null) { // started from an IDE: the root is the working folder or the one above
            Path inModule = root.resolve("src/test/resources").resolve(name);
            for (Path at = root; at != null && !Files.isDirectory(inModule); at = at.getParent()) {
                inModule = at.resolve("dalle/src/test/resources").resolve(name);
            }
            given = inModule.toString();
        }
        return root.resolve(given).normalize();
    }
}
