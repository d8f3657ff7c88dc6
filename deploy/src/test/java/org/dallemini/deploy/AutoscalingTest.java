package org.dallemini.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * The thresholds of the chart under KEDA's formula: a stage that works off its topics at the speed of
 * docs/performance.md has as many pods as its lag needs, gives them back, and has none when nothing waits.
 */
class AutoscalingTest {
    private static final long STEP = 15, START = 30;
    private static final Manifest TOKENS = Chart.render(List.of(Chart.example("operators"))).stream()
            .filter(manifest -> manifest.kind().equals("ScaledObject")
                    && manifest.component().equals("token-generator"))
            .findFirst()
            .orElseThrow();

    /** What happened, every 15 seconds. */
    private record Moment(long seconds, int pods, long interactive, long bulk) {}

    @Test
    void shouldSayInTheThresholdHowLongAPodWorksOnIt() throws Exception {
        Map<String, Object> stages = Manifest.asMap(
                Manifest.asMap(Chart.read(Chart.FOLDER.resolve("values.yaml")).get("autoscaling"))
                        .get("stages"));
        for (Manifest scaled : Chart.render(List.of(Chart.example("operators")))) {
            if (scaled.kind().equals("ScaledObject")) {
                Map<String, Object> values = Manifest.asMap(stages.get(scaled.component()));
                double secondsPerImage = ((Number) values.getOrDefault("secondsPerImage", 0)).doubleValue();
                for (Map<String, Object> trigger : scaled.list("spec", "triggers")) {
                    Map<String, Object> metadata = Manifest.asMap(trigger.get("metadata"));
                    int drain = Manifest.number(
                            Manifest.asMap(values.get("drainSeconds")),
                            Manifest.text(metadata, "topic").replace("pipeline.", ""));
                    assertThat(Long.parseLong(Manifest.text(metadata, "lagThreshold")))
                            .isEqualTo((long) Math.ceil(drain / secondsPerImage));
                }
            }
        }
    }

    @Test
    void shouldGoUpForABurstAndDownToNoneWhenItIsDone() {
        // Given: 600 images for people who wait, after ten minutes of rest
        List<Moment> moments = run(7200, second -> second == 600 ? 600 : 0, second -> 0);

        // Then: none at rest; all partitions' worth of pods; an image a pod and 1.2 s, and then none again
        assertThat(at(moments, 585).pods).isZero();
        assertThat(moments).anyMatch(moment -> moment.pods == 6);
        Moment done = moments.stream()
                .filter(moment -> moment.seconds > 600 && moment.interactive == 0)
                .findFirst()
                .orElseThrow();
        assertThat(done.seconds - 600).isBetween(120L, 360L);
        assertThat(moments.get(moments.size() - 1).pods).isZero();
        assertNoneTakenFromWork(moments);
    }

    @Test
    void shouldNotKeepPeopleWaitingBehindALongList() {
        // Given: a list of 20,000 images, of which one pod would have seven hours, and an image a minute beside it
        List<Moment> moments = run(4 * 3600, second -> second % 60 == 0 ? 1 : 0, second -> second == 0 ? 20_000 : 0);

        // Then: the list is worked off by all pods, in little more than the time that six take
        Moment done = moments.stream()
                .filter(moment -> moment.seconds > 0 && moment.bulk == 0)
                .findFirst()
                .orElseThrow();
        assertThat(done.seconds).isBetween(4000L, 4 * 1200L);
        assertThat(moments.stream().mapToLong(Moment::interactive).max().orElse(0))
                .isLessThan(50);
        // With an image a minute it never sleeps, but one pod is enough.
        assertThat(moments.get(moments.size() - 1).pods).isEqualTo(1);
    }

    @Test
    void shouldKeepStillUnderASteadyLoad() {
        // Given: what two and a half pods can do
        List<Moment> moments = run(2 * 3600, second -> second % 12 == 0 ? 25 : 0, second -> 0);

        // Then
        int changes = 0;
        for (int i = 1; i < moments.size(); i++) {
            changes += moments.get(i).pods == moments.get(i - 1).pods ? 0 : 1;
        }
        assertThat(changes).isLessThanOrEqualTo(16);
        assertThat(moments.get(moments.size() - 1).interactive).isLessThan(600);
    }

    /** No pod is taken away to none while an image waits. */
    private static void assertNoneTakenFromWork(List<Moment> moments) {
        for (int i = 1; i < moments.size(); i++) {
            if (moments.get(i).pods == 0 && moments.get(i - 1).pods > 0) {
                assertThat(moments.get(i).interactive + moments.get(i).bulk).isZero();
            }
        }
    }

    private static Moment at(List<Moment> moments, long seconds) {
        return moments.stream()
                .filter(moment -> moment.seconds == seconds)
                .findFirst()
                .orElseThrow();
    }

    /** Pods work on both lanes by turns, an image in 1.2 s each, from half a minute after they were wanted. */
    private static List<Moment> run(long seconds, LongUnaryOperator interactive, LongUnaryOperator bulk) {
        var rule = new ScalingRule(TOKENS);
        var moments = new ArrayList<Moment>();
        var ready = new ArrayList<Long>();
        double waiting = 0, list = 0;
        for (long now = 0; now < seconds; now++) {
            long time = now;
            waiting += interactive.applyAsLong(now);
            list += bulk.applyAsLong(now);
            double can = ready.stream().filter(since -> since <= time).count() / 1.2;
            double ofWaiting = Math.min(waiting, list > 0 ? Math.max(can / 2, can - list) : can);
            waiting -= ofWaiting;
            list -= Math.min(list, can - ofWaiting);
            if (now % STEP == 0) {
                var lags = List.of((long) Math.ceil(waiting), (long) Math.ceil(list));
                int pods = rule.next(now, ready.size(), lags);
                while (ready.size() < pods) {
                    ready.add(now + START);
                }
                while (ready.size() > pods) {
                    ready.remove(ready.size() - 1);
                }
                moments.add(new Moment(now, pods, lags.get(0), lags.get(1)));
            }
        }
        return moments;
    }
}
