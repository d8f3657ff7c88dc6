package org.dallemini.deploy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * How many pods KEDA and the autoscaler of Kubernetes want for a lag, as they count: KEDA wakes a workload while any
 * trigger's lag is above 0 and puts it to sleep after the cool-down; between, the autoscaler wants lag / threshold pods
 * of the trigger that wants most, leaves a tenth too much or too little alone, and goes up and down by the policies.
 */
final class ScalingRule {
    private static final double TOLERANCE = 0.1;

    private final int smallest;
    private final int largest;
    private final List<Long> thresholds;
    private final long cooldownSeconds;
    private final long stabilizationSeconds;
    private final Deque<Wanted> wanted = new ArrayDeque<>();
    private long lastActive;
    private long lastUp = Long.MIN_VALUE / 2;
    private long lastDown = Long.MIN_VALUE / 2;

    private record Wanted(long time, int pods) {}

    /** @param scaledObject as the chart makes it, with the policies that this class knows */
    ScalingRule(Manifest scaledObject) {
        Map<String, Object> spec = scaledObject.map("spec");
        smallest = Manifest.number(spec, "minReplicaCount");
        largest = Manifest.number(spec, "maxReplicaCount");
        cooldownSeconds = Manifest.number(spec, "cooldownPeriod");
        stabilizationSeconds = Manifest.number(
                scaledObject.map("spec", "advanced", "horizontalPodAutoscalerConfig", "behavior", "scaleDown"),
                "stabilizationWindowSeconds");
        thresholds = scaledObject.list("spec", "triggers").stream()
                .map(trigger -> Long.parseLong(Manifest.text(Manifest.asMap(trigger.get("metadata")), "lagThreshold")))
                .toList();
    }

    /**
     * What is wanted now.
     *
     * @param seconds since the beginning; asked in the order of time, every 15 s
     * @param lags of the triggers
     */
    int next(long seconds, int pods, List<Long> lags) {
        boolean active = lags.stream().anyMatch(lag -> lag > 0);
        if (active) {
            lastActive = seconds;
        }
        if (pods == 0) {
            return active ? Math.max(1, smallest) : smallest;
        }
        if (!active && smallest == 0 && seconds - lastActive >= cooldownSeconds) {
            wanted.clear();
            return 0;
        }
        int most = 1;
        for (int i = 0; i < lags.size(); i++) {
            double ratio = (double) lags.get(i) / (thresholds.get(i) * pods);
            int pods0 =
                    Math.abs(ratio - 1) <= TOLERANCE ? pods : (int) Math.ceil((double) lags.get(i) / thresholds.get(i));
            most = Math.max(most, pods0);
        }
        most = Math.min(largest, Math.max(most, Math.max(1, smallest)));
        wanted.addLast(new Wanted(seconds, most));
        wanted.removeIf(past -> past.time < seconds - stabilizationSeconds);
        if (most > pods) {
            if (seconds - lastUp < 30) {
                return pods;
            }
            lastUp = seconds;
            return Math.min(most, Math.max(2 * pods, pods + 2));
        }
        int settled = wanted.stream().mapToInt(Wanted::pods).max().orElse(most);
        if (settled < pods && seconds - lastDown >= 60) {
            lastDown = seconds;
            return pods - 1;
        }
        return pods;
    }
}
