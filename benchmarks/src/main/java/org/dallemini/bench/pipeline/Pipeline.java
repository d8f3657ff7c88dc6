package org.dallemini.bench.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dallemini.bench.common.Folders;
import org.dallemini.bench.common.ProgramProcess;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.drawing.ContinuousBatch;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.session.SessionSettings;
import org.dallemini.stack.EmbeddedStack;
import org.dallemini.stack.StackSettings;

/** A pipeline to load: the embedded stack on a folder of its own that is deleted afterwards, or a running cluster. */
public final class Pipeline implements AutoCloseable {
    private static final int OTHER_DIRECT_MB = 256;

    /** Closed in turn, the last one first. */
    private final List<AutoCloseable> parts;

    private final Loads loads;

    private Pipeline(Map<String, String> settings, Setup setup, List<AutoCloseable> parts) {
        this.parts = parts;
        LoadDriver driver = new LoadDriver(settings);
        this.parts.add(driver);
        this.loads = new Loads(driver, setup);
    }

    /** @param settings addresses, as of a stage */
    public static Pipeline ofCluster(Map<String, String> settings, Setup setup) {
        return new Pipeline(settings, setup, new ArrayList<>());
    }

    /**
     * Starts a stack; the models must have been prepared.
     *
     * @param others settings of the stages that go first
     */
    public static Pipeline embedded(
            ModelFolder model, Path cache, SessionSettings sessions, Setup setup, Map<String, String> others)
            throws Exception {
        List<AutoCloseable> parts = new ArrayList<>();
        try {
            Path folder = Folders.make("pipeline");
            parts.add(() -> Folders.delete(folder));
            Thread interrupted = new Thread(() -> closeQuietly(parts), "close-pipeline");
            Runtime.getRuntime().addShutdownHook(interrupted);
            parts.add(() -> forget(interrupted));
            Map<String, String> settings = new HashMap<>();
            settings.put("model", model.path().toString());
            settings.put("model.cache", cache.toString());
            settings.put("threads", Integer.toString(sessions.threads()));
            settings.put("spinning", Boolean.toString(sessions.spinning()));
            settings.put("batch.size", Integer.toString(setup.batch()));
            settings.put("bart.precision", setup.bartPrecision());
            settings.put("vqgan.precision", setup.vqganPrecision());
            settings.put("instance.dir", folder.resolve("instances").toString());
            settings.put("drain.timeout.ms", "1000"); // the rest of the load does not count
            settings.putAll(others);
            EmbeddedStack stack = EmbeddedStack.start(
                    StackSettings.onFreePorts(folder, StackSettings.Stages.ALL, settings), phase -> {});
            parts.add(stack);
            long directMb =
                    (ContinuousBatch.bytes(BartConfig.read(model.bart()), setup.batch()) >> 20) + OTHER_DIRECT_MB;
            for (int i = 1; i < setup.tokenGenerators(); i++) {
                parts.add(ProgramProcess.stage("token-generator", folder, directMb));
            }
            return new Pipeline(stack.settings(), setup, parts);
        } catch (Exception | Error e) {
            close(parts);
            throw e;
        }
    }

    public Loads loads() {
        return loads;
    }

    @Override
    public void close() throws Exception {
        close(parts);
    }

    private static void close(List<AutoCloseable> parts) throws Exception {
        for (int i = parts.size() - 1; i >= 0; i--) {
            parts.get(i).close();
        }
    }

    /** Ctrl-C: other processes end, and nothing is left on the disk. */
    private static void closeQuietly(List<AutoCloseable> parts) {
        try {
            close(parts);
        } catch (Exception e) {
            System.err.println("benchmarks: the pipeline did not stop cleanly: " + e.getMessage());
        }
    }

    private static void forget(Thread hook) {
        if (Thread.currentThread() != hook) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
