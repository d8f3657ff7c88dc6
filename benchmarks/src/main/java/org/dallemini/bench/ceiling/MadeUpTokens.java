package org.dallemini.bench.ceiling;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.dallemini.bench.common.Events;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.StageTiming;
import org.dallemini.stage.Engine;
import org.dallemini.stage.Task;

/**
 * Random tokens in place of a text model. As in the token generator a thread of its own takes the tasks and completes
 * them; it does nothing else.
 */
final class MadeUpTokens implements Engine<ImageRequest, ImageTokens> {
    /** Half a batch of the size that the token generator draws at most by itself. */
    private static final int CAPACITY = 16;

    private static final int SIDE = 16;

    private final ModelInfo model = Events.model();
    private final SplittableRandom random = new SplittableRandom(7);
    private final BlockingQueue<Task<ImageRequest, ImageTokens>> queue = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "token-engine");

    MadeUpTokens() {
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                Task<ImageRequest, ImageTokens> task = queue.take();
                if (task.start()) {
                    task.complete(tokens(task.input()));
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private ImageTokens tokens(ImageRequest request) {
        return new ImageTokens(
                request, request.getText(), draw(random), SIDE, SIDE, model, new StageTiming(Instant.now(), 0L, null));
    }

    /** Of one image, as records have them. */
    static ByteBuffer draw(SplittableRandom random) {
        byte[] tokens = new byte[Short.BYTES * SIDE * SIDE];
        random.nextBytes(tokens);
        for (int i = 1; i < tokens.length; i += Short.BYTES) {
            tokens[i] &= 0x3f; // the VQGAN has 16384 codes
        }
        return ByteBuffer.wrap(tokens);
    }

    @Override
    public int capacity(int lane) {
        return CAPACITY;
    }

    @Override
    public int waiting(int lane) {
        return queue.size();
    }

    @Override
    public void submit(Task<ImageRequest, ImageTokens> task) {
        queue.add(task);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
