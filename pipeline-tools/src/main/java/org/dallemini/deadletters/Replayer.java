package org.dallemini.deadletters;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.dallemini.cluster.ClusterTopics;
import org.dallemini.deadletters.Fate.Refused;
import org.dallemini.deadletters.Fate.Replayed;
import org.dallemini.deadletters.Fate.ReplayedBefore;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.Failures;
import org.dallemini.stage.config.StageConfig;

/**
 * Sends dead letters back to the topics they were read from, each once, however often it is run and wherever it is
 * killed:
 *
 * <ol>
 *   <li>A letter's record and its {@linkplain ReplayMarks mark} are written in one transaction, or neither is.
 *   <li>All runs on a pipeline have one transactional id. Beginning shuts an older run out for good and settles the
 *       transaction that it left open.
 *   <li>Only then are the marks read: they are all there will ever be, but for those of this run.
 *   <li>What is read ends where the topics ended before: letters that the replay causes are not among it.
 * </ol>
 *
 * Not thread-safe.
 */
public final class Replayer {
    /** Letters that were set aside as often are left alone unless somebody says otherwise. */
    public static final int USUAL_ATTEMPTS = 3;

    /** Bounds of a transaction, so that it takes a moment only. */
    private static final int MAX_LETTERS = 200;

    private static final long MAX_BYTES = 8 << 20;

    private final StageConfig config;
    private final Admin admin;
    private final DeadLetterLog log;
    private final ReplayRules rules;
    private final Consumer<ProducerRecord<byte[], byte[]>> addition;
    private final BiConsumer<DeadLetter, Fate> listener;
    private final List<Pending> pending = new ArrayList<>();
    private long pendingBytes;
    private int replayed;

    private record Pending(Section section, DeadLetter letter, String target) {}

    /**
     * @param maxAttempts letters that were set aside as often are left
     * @param listener told of each letter once its fate is certain
     */
    public Replayer(
            StageConfig config,
            Admin admin,
            DeadLetterLog log,
            int maxAttempts,
            BiConsumer<DeadLetter, Fate> listener) {
        this(config, admin, log, maxAttempts, record -> {}, listener);
    }

    /**
     * The same.
     *
     * @param addition to the headers of each record before it is sent
     */
    public Replayer(
            StageConfig config,
            Admin admin,
            DeadLetterLog log,
            int maxAttempts,
            Consumer<ProducerRecord<byte[], byte[]>> addition,
            BiConsumer<DeadLetter, Fate> listener) {
        this.addition = addition;
        this.config = config;
        this.admin = admin;
        this.log = log;
        this.rules = new ReplayRules(partitions(config, admin), maxAttempts);
        this.listener = listener;
    }

    private static Map<String, Integer> partitions(StageConfig config, Admin admin) {
        var partitions = new HashMap<String, Integer>();
        for (String topic : config.topics().inputs()) {
            TopicDescription description = ClusterTopics.describe(topic, admin);
            if (description != null) {
                partitions.put(topic, description.partitions().size());
            }
        }
        return partitions;
    }

    /** Tells what {@link #run} would do, and changes nothing. */
    public void rehearse(List<Section> sections, Predicate<DeadLetter> filter) {
        ReplayMarks marks = ReplayMarks.read(config, admin);
        for (Section section : sections) {
            log.read(section, letter -> {
                if (filter.test(letter)) {
                    listener.accept(letter, fate(marks, section, letter));
                }
                return true;
            });
        }
    }

    /**
     * Replays.
     *
     * @param stopped asked often; what is under way is finished, then no more is begun
     * @return false if it was stopped before the end
     * @throws DeadLetterException if another run takes over, or the topic for the marks is missing
     * @throws KafkaException if Kafka fails; what was sent is known, so that a later run goes on from there
     */
    public boolean run(List<Section> sections, Predicate<DeadLetter> filter, BooleanSupplier stopped) {
        Map<String, Object> settings = config.transactionalProducer("dead-letters", "replay");
        // One for the pipeline, whatever group.id the settings are otherwise meant for.
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, config.topics().prefix() + "dead-letters-replay");
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            return run(producer, sections, filter, stopped);
        }
    }

    /** @param producer transactional, not initialised */
    boolean run(
            Producer<byte[], byte[]> producer,
            List<Section> sections,
            Predicate<DeadLetter> filter,
            BooleanSupplier stopped) {
        if (!ReplayMarks.exist(config, admin)) {
            throw new DeadLetterException(
                    "The topic " + config.topics().replayedDeadLetters()
                            + " is missing, which keeps account of what has been replayed: run 'dallemini topics apply'",
                    null);
        }
        producer.initTransactions();
        ReplayMarks marks = ReplayMarks.read(config, admin);
        forget(producer, marks);
        for (Section section : sections) {
            log.read(section, letter -> {
                if (filter.test(letter)) {
                    take(producer, marks, section, letter);
                }
                return !stopped.getAsBoolean();
            });
            if (stopped.getAsBoolean()) {
                break;
            }
        }
        flush(producer, marks);
        return !stopped.getAsBoolean();
    }

    private Fate fate(ReplayMarks marks, Section section, DeadLetter letter) {
        return marks.contains(section, letter) ? new ReplayedBefore() : rules.fate(letter);
    }

    private void take(Producer<byte[], byte[]> producer, ReplayMarks marks, Section section, DeadLetter letter) {
        Fate fate = fate(marks, section, letter);
        if (fate instanceof Replayed replay) {
            pending.add(new Pending(section, letter, replay.topic()));
            pendingBytes += letter.size();
            if (pending.size() >= MAX_LETTERS || pendingBytes >= MAX_BYTES) {
                flush(producer, marks);
            }
        } else {
            listener.accept(letter, fate);
        }
    }

    private void flush(Producer<byte[], byte[]> producer, ReplayMarks marks) {
        var batch = List.copyOf(pending);
        pending.clear();
        pendingBytes = 0;
        if (!batch.isEmpty() && !send(producer, marks, batch)) {
            // The broker finds one too large: which one, it tells when each goes alone.
            batch.forEach(one -> {
                if (!send(producer, marks, List.of(one))) {
                    listener.accept(
                            one.letter,
                            new Refused("its record is too large for " + one.target
                                    + " with the header " + DeadLetters.ATTEMPTS
                                    + ": raise the topic's max.message.bytes"));
                }
            });
        }
    }

    /** One transaction; false if it was not committed because a record is too large. */
    private boolean send(Producer<byte[], byte[]> producer, ReplayMarks marks, List<Pending> batch) {
        var sent = new ArrayList<Future<RecordMetadata>>();
        try {
            producer.beginTransaction();
            for (Pending each : batch) {
                ProducerRecord<byte[], byte[]> original = rules.original(each.letter, each.target);
                addition.accept(original);
                sent.add(producer.send(original));
                producer.send(marks.of(each.section, each.letter, each.target));
            }
            producer.commitTransaction();
        } catch (RuntimeException e) {
            if (isTakenOver(e)) {
                throw new DeadLetterException(
                        "Another replay has begun on this pipeline and shut this one out, which had replayed "
                                + replayed + " letters",
                        e);
            }
            abort(producer, e);
            if (sent.stream().anyMatch(Failures::isTooLarge)) {
                return false;
            }
            throw e;
        }
        replayed += batch.size();
        batch.forEach(each -> listener.accept(each.letter, new Replayed(each.target)));
        return true;
    }

    private static void abort(Producer<byte[], byte[]> producer, RuntimeException cause) {
        try {
            producer.abortTransaction();
        } catch (RuntimeException e) {
            cause.addSuppressed(e); // the next run settles it
        }
    }

    private static boolean isTakenOver(RuntimeException e) {
        return Failures.inChain(
                e, x -> x instanceof ProducerFencedException || x instanceof InvalidProducerEpochException);
    }

    /** Marks of letters that are gone are of no use any more. */
    private void forget(Producer<byte[], byte[]> producer, ReplayMarks marks) {
        var tombstones =
                marks.tombstones(log.sections(), config.topics().inputs().size());
        if (!tombstones.isEmpty()) {
            producer.beginTransaction();
            tombstones.forEach(producer::send);
            producer.commitTransaction();
        }
    }
}
