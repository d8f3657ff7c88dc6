package org.dallemini.ingest.api;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.deadletters.DeadLetterException;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.deadletters.Fate;
import org.dallemini.deadletters.Replayer;
import org.dallemini.events.JobStatus;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;

/**
 * Replays a job's dead letters, those of one job at a time: a second run on a pipeline would shut the first one out.
 */
public final class KafkaJobRetries implements JobRetries {
    /** Clocks of broker and stages may differ by that much. */
    private static final Duration CLOCK_SKEW = Duration.ofHours(1);

    /** How long a request may take; sending it again goes on. */
    private static final Duration MAX_TIME = Duration.ofSeconds(60);

    private final StageConfig config;
    private final ReentrantLock running = new ReentrantLock();

    public KafkaJobRetries(StageConfig config) {
        this.config = config;
    }

    /** What may become of a letter, as the answer counts it. */
    private enum Kind {
        REPLAYED,
        BEFORE,
        GIVEN_UP,
        IMPOSSIBLE
    }

    @Override
    public Retried retry(JobStatus job) {
        if (!running.tryLock()) {
            throw new DeadLetterException("Another retry is under way in this process", null);
        }
        try (Admin admin = KafkaClients.admin(config);
                DeadLetterLog letters = DeadLetterLog.open(config, admin)) {
            Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
            Replayer replayer = new Replayer(
                    config,
                    admin,
                    letters,
                    Replayer.USUAL_ATTEMPTS,
                    (letter, fate) -> counts.merge(kind(fate), 1, Integer::sum));
            long end = System.nanoTime() + MAX_TIME.toNanos();
            BooleanSupplier isLate = () -> System.nanoTime() - end > 0;
            boolean complete = replayer.run(
                    letters.sectionsSince(job.getSubmittedAt().minus(CLOCK_SKEW)),
                    letters.ofJob(job.getJobId()),
                    isLate);
            return new Retried(
                    counts.getOrDefault(Kind.REPLAYED, 0),
                    counts.getOrDefault(Kind.BEFORE, 0),
                    counts.getOrDefault(Kind.GIVEN_UP, 0),
                    counts.getOrDefault(Kind.IMPOSSIBLE, 0),
                    complete);
        } finally {
            running.unlock();
        }
    }

    private static Kind kind(Fate fate) {
        if (fate instanceof Fate.Replayed) {
            return Kind.REPLAYED;
        }
        if (fate instanceof Fate.ReplayedBefore) {
            return Kind.BEFORE;
        }
        return fate instanceof Fate.GivenUp ? Kind.GIVEN_UP : Kind.IMPOSSIBLE;
    }
}
