package org.dallemini.stage.commands;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobCommand;

/**
 * The jobs whose last command was to cancel them. Forgets those that were canceled longer ago than any request is kept,
 * and the oldest of too many. Thread-safe.
 */
public final class CanceledJobs {
    /** How long commands are kept: requests and dead letters are for 30 days at most. */
    public static final Duration RETENTION = Duration.ofDays(31);

    /** Some tens of megabytes. */
    static final int MAX_JOBS = 200_000;

    /** The times of the commands, in milliseconds, in the order in which they came. */
    private final Map<String, Long> times = new LinkedHashMap<>();

    /**
     * Takes the next command.
     *
     * @param time of its record, by the broker's clock, in milliseconds
     */
    synchronized void take(JobCommand command, long time) {
        times.remove(command.getJobId());
        if (command.getAction() == JobAction.CANCEL) {
            times.put(command.getJobId(), time);
        }
        for (Iterator<Long> oldest = times.values().iterator(); oldest.hasNext(); ) {
            boolean isOld = time - oldest.next() > RETENTION.toMillis();
            if (!isOld && times.size() <= MAX_JOBS) {
                break;
            }
            oldest.remove();
        }
    }

    public synchronized boolean contains(String jobId) {
        return times.containsKey(jobId);
    }

    synchronized int size() {
        return times.size();
    }
}
