package org.dallemini.deploy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The Helm chart, rendered by Helm itself, which comes as a library. */
final class Chart {
    static final Path ROOT = Path.of(System.getProperty("dallemini.root"));
    static final Path FOLDER = ROOT.resolve("deploy/helm/dallemini");
    static final List<String> STAGES = List.of("prompt-ingest", "token-generator", "image-decoder", "storage-sink");

    /**
     * A copy in which hooks are ordinary manifests, each with the annotation {@code hook}: the library leaves hooks out
     * of what it renders.
     */
    private static final Path WITHOUT_HOOKS = withoutHooks();

    private Chart() {}

    private static Path withoutHooks() {
        Path copy = ROOT.resolve("deploy/target/chart");
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(FOLDER.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.writeString(target, Files.readString(file).replace("helm.sh/hook", "hook"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copy;
    }

    /** The examples of values, each a use of its own. */
    static List<Path> examples() {
        try (Stream<Path> files = Files.list(FOLDER.resolve("ci"))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path example(String name) {
        return FOLDER.resolve("ci").resolve(name + "-values.yaml");
    }

    /**
     * What a release named {@code drawing} consists of.
     *
     * @param settings NAME=VALUE as for {@code helm --set}
     */
    static List<Manifest> render(List<Path> values, String... settings) {
        TemplateCommand template =
                new Helm(WITHOUT_HOOKS).template().withName("drawing").withKubeVersion("1.36.3");
        values.forEach(template::withValuesFile);
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            template.set(setting.substring(0, equals), setting.substring(equals + 1));
        }
        var manifests = new ArrayList<Manifest>();
        for (Object document : yaml().loadAll(template.call())) {
            if (document != null) {
                manifests.add(new Manifest(Manifest.asMap(document)));
            }
        }
        return manifests;
    }

    static Map<String, Object> read(Path file) throws IOException {
        return Manifest.asMap(yaml().load(Files.readString(file)));
    }

    private static Yaml yaml() {
        return new Yaml(new SafeConstructor(new LoaderOptions()));
    }
}
