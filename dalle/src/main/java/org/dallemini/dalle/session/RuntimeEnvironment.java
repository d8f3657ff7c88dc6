package org.dallemini.dalle.session;

import ai.djl.engine.Engine;
import ai.onnxruntime.OrtEnvironment;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The one OrtEnvironment that ONNX Runtime has in a process. */
final class RuntimeEnvironment {
    /**
     * On Linux ONNX Runtime 1.29.0 searches the command line of its process by recursion, some hundred bytes of stack
     * for each character: a class path of 4000 characters kills a JVM whose threads have the usual stack. This is
     * enough for the longest command line that Linux takes as one argument, and what is not used costs no memory.
     */
    private static final long STACK_BYTES = 256L << 20;

    private RuntimeEnvironment() {}

    /** Opens it, or returns it if it is open already. */
    static OrtEnvironment open(String engine) {
        FutureTask<OrtEnvironment> opening = new FutureTask<>(() -> {
            // First DJL's engine: it gives the environment options, which is an error once the environment exists.
            Engine.getEngine(engine);
            return OrtEnvironment.getEnvironment();
        });
        new Thread(null, opening, "onnxruntime-start", STACK_BYTES).start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return opening.get();
                } catch (InterruptedException e) {
                    interrupted = true; // it takes a moment only
                } catch (ExecutionException e) {
                    throw new IllegalStateException("ONNX Runtime cannot be started: " + e.getCause(), e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
