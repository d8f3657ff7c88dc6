package org.dallemini.stage.commands;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobCommand;

/**
 * The jobs whose last command was to cancel or to delete them. Forgets those that were canceled longer ago than any
 * request is kept, and the oldest of too many. Thread-safe.
 */
public final class CanceledJobs {
    /** How long commands are kept: requests and dead letters are for 30 days at most. */
    public static final Duration RETENTION = Duration.ofDays(31);

    /** Some tens of megabytes. */
    static final int MAX_JOBS = 200_000;

    /** In the order in which they came. */
    private final Map<String, Last> commands = new LinkedHashMap<>();

    /** @param time in milliseconds */
    private record Last(long time, boolean isDelete) {}

    /**
     * Takes the next command.
     *
     * @param time of its record, by the broker's clock, in milliseconds
     */
    synchronized void take(JobCommand command, long time) {
        commands.remove(command.getJobId());
        if (command.getAction() != JobAction.RESUME) {
            commands.put(command.getJobId(), new Last(time, command.getAction() == JobAction.DELETE));
        }
        for (Iterator<Last> oldest = commands.values().iterator(); oldest.hasNext(); ) {
            boolean isOld = time - oldest.next().time() > RETENTION.toMillis();
            if (!isOld && commands.size() <= MAX_JOBS) {
                break;
            }
            oldest.remove();
        }
    }

    public synchronized boolean contains(String jobId) {
        return commands.containsKey(jobId);
    }

    /** Whether the job's last command was to delete it. */
    public synchronized boolean isDeleted(String jobId) {
        Last last = commands.get(jobId);
        return last != null && last.isDelete();
    }

    synchronized int size() {
        return commands.size();
    }
}
