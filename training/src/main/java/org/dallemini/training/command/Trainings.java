package org.dallemini.training.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.dallemini.training.data.DataException;
import org.dallemini.training.data.Item;
import org.dallemini.training.optim.Optimizer;
import org.dallemini.training.run.Task;
import org.dallemini.training.run.TrainingRun;

/** What the commands that train have in common. */
final class Trainings {
    private static final String VALIDATION = "validation";

    private Trainings() {}

    /**
     * Runs until the end, or until the process is told to end: then the update in progress and a checkpoint come first.
     */
    static void run(Task task, Optimizer optimizer, RunOptions options, int threads)
            throws IOException, InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        try (TrainingRun run = new TrainingRun(
                task,
                optimizer,
                options.rate(),
                options.settings(threads),
                options.folder(),
                options.energy(),
                System.err)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                run.stop();
                try {
                    ended.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            run.run();
        } finally {
            ended.countDown();
        }
    }

    /**
     * Items to learn from and items held out: as the data set says, else every so many-th.
     *
     * @param heldOut share that is held out where the data set says nothing
     */
    static List<List<Item>> split(List<Item> items, double heldOut) {
        List<Item> learned = new ArrayList<>();
        List<Item> held = new ArrayList<>();
        boolean said = items.stream().anyMatch(item -> item.split().equals(VALIDATION));
        double due = 0;
        for (Item item : items) {
            due += heldOut;
            boolean out = said ? item.split().equals(VALIDATION) : due >= 1;
            if (out) {
                due -= said ? 0 : 1;
                held.add(item);
            } else {
                learned.add(item);
            }
        }
        if (learned.isEmpty()) {
            throw new DataException("nothing is left to learn from; hold out less");
        }
        return List.of(learned, held);
    }
}
