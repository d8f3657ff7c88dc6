package org.dallemini.storage;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.utils.Utils;
import org.dallemini.objects.ObjectStore;
import org.dallemini.stage.Failures;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.deletions.DeletionFollower;
import org.jspecify.annotations.Nullable;

/**
 * Deletions by the topic {@code image-deletions}. Every sink knows all of them; each is carried out by one sink.
 *
 * <p>No image outlives its deletion, however slowly a sink hears of it. After an upload, and before it is announced,
 * the sink asks Kafka, once for all uploads that end meanwhile, up to where there are deletions and reads as far: one
 * that lies before that point makes it take the upload back. One that lies behind it is carried out later than the
 * upload, and finds the file.
 */
final class KafkaDeletions implements DeletionGuard {
    private static final int MOST_MILLIS = 5_000;
    private static final long LOOK_MILLIS = 2;

    private final StageConfig config;
    private final DeletionFollower follower;
    private final FileRemover remover;
    private final SharedQuestion<Map<TopicPartition, Long>> ends = new SharedQuestion<>(this::askForEnds);
    private @Nullable Admin admin;
    private boolean closed;

    private KafkaDeletions(StageConfig config, ObjectStore store) {
        this.config = config;
        this.follower = DeletionFollower.start(config);
        this.remover = FileRemover.start(config, store);
    }

    /** Starts to hear of deletions, and to delete the files of images from the store. */
    static KafkaDeletions start(StageConfig config, ObjectStore store) {
        return new KafkaDeletions(config, store);
    }

    @Override
    public boolean isDeleted(String imageId) throws DeletionsUnknownException, InterruptedException {
        if (!await(follower::isComplete)) {
            throw unknown("not read yet", null);
        }
        return follower.contains(imageId);
    }

    @Override
    public boolean wasDeletedByNow(String imageId) throws DeletionsUnknownException, InterruptedException {
        Map<TopicPartition, Long> now = ends();
        if (!await(() -> follower.hasRead(now))) {
            throw unknown("the last ones are not read yet", null);
        }
        return follower.contains(imageId);
    }

    private Map<TopicPartition, Long> ends() throws DeletionsUnknownException, InterruptedException {
        try {
            return ends.ask();
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            if (cause instanceof InterruptException interrupt) {
                throw interrupt;
            }
            throw cause instanceof DeletionsUnknownException unknown
                    ? unknown
                    : unknown(Failures.describeKafkas(cause), cause);
        }
    }

    private Map<TopicPartition, Long> askForEnds() throws DeletionsUnknownException {
        Set<TopicPartition> partitions = follower.partitions();
        if (partitions.isEmpty()) {
            throw unknown("they are being read anew", null);
        }
        Map<TopicPartition, OffsetSpec> question =
                partitions.stream().collect(Collectors.toUnmodifiableMap(one -> one, one -> OffsetSpec.latest()));
        ListOffsetsOptions options = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED).timeoutMs(MOST_MILLIS);
        return KafkaClients.get(admin().listOffsets(question, options).all()).entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, end -> offset(end.getValue())));
    }

    private static long offset(ListOffsetsResultInfo end) {
        return end.offset();
    }

    private static boolean await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + MOST_MILLIS * 1_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return true;
    }

    private DeletionsUnknownException unknown(String why, @Nullable Throwable cause) {
        String trouble = follower.trouble();
        return new DeletionsUnknownException(
                "Images wait until it is known which have been deleted: " + (trouble.isEmpty() ? why : trouble), cause);
    }

    /** Made when it is needed first: there can be none while no name of a broker can be resolved. */
    private synchronized Admin admin() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        Admin made = admin;
        if (made == null) {
            made = KafkaClients.admin(config);
            admin = made;
        }
        return made;
    }

    @Override
    public String trouble() {
        String trouble = follower.trouble();
        return trouble.isEmpty() ? remover.trouble() : trouble;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            Admin made = admin;
            if (made != null) {
                Utils.closeQuietly(() -> made.close(Duration.ZERO), "admin client");
            }
        }
        remover.close();
        follower.close();
    }
}
