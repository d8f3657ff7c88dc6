package org.dallemini.bench.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.dallemini.bench.common.Percentiles;
import org.dallemini.events.Lane;
import org.jspecify.annotations.Nullable;

/** The ways to load a pipeline. */
public final class Loads {
    private static final long SEED = 7;
    private static final int WARM_UP_IMAGES = 2;

    /** Pause before each image on an idle pipeline, in ms; drawn from this range, so that no timer fits them. */
    private static final int MIN_PAUSE = 200, MAX_PAUSE = 700;

    private final LoadDriver driver;
    private final Setup setup;

    Loads(LoadDriver driver, Setup setup) {
        this.driver = driver;
        this.setup = setup;
    }

    /** Draws images that do not count, one after the other. */
    public void warmUp() throws InterruptedException {
        for (int i = 0; i < WARM_UP_IMAGES; i++) {
            driver.publish(Lane.INTERACTIVE);
            driver.flush();
            driver.awaitAll();
        }
    }

    /** Prompts as they come, whether the pipeline keeps up or not. */
    public LoadResult rate(int images, double perSecond) throws InterruptedException {
        double start = driver.clock.now();
        for (double arrival : Arrivals.poisson(images, perSecond, SEED)) {
            driver.clock.sleepUntil(start + arrival);
            driver.publish(Lane.INTERACTIVE, start + arrival);
            driver.flush();
        }
        return result("rate", perSecond, driver.awaitAll(), null);
    }

    /** All prompts at once, as a bulk job. */
    public LoadResult saturate(int images, @Nullable EnginesAlone engines) throws InterruptedException {
        double start = driver.clock.now();
        for (int i = 0; i < images; i++) {
            driver.publish(Lane.BULK, start);
        }
        driver.flush();
        return result("saturate", null, driver.awaitAll(), engines);
    }

    private LoadResult result(
            String mode, @Nullable Double offered, List<ImageRun> images, @Nullable EnginesAlone engines) {
        Steady steady = Steady.of(
                images.stream().mapToDouble(ImageRun::seen).toArray(), setup.batch() * setup.tokenGenerators());
        return new LoadResult(
                mode,
                setup,
                images.size(),
                offered,
                steady.imagesPerSecond(),
                steady.images(),
                Spread.of(images, ImageRun::latency),
                engines,
                engines == null ? null : steady.imagesPerSecond() / engines.together());
    }

    /** One image at a time, the next one only when the pipeline has been idle for a moment. */
    public IdleResult idle(int count) throws InterruptedException {
        var random = new SplittableRandom(SEED);
        List<ImageRun> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(MIN_PAUSE, MAX_PAUSE));
            driver.publish(Lane.INTERACTIVE);
            driver.flush();
            images.addAll(driver.awaitAll());
        }
        return IdleResult.of(setup, images);
    }

    /**
     * Interactive prompts during bulk.
     *
     * @param count of interactive prompts
     * @param everySeconds mean time between them
     * @param steps of an image
     */
    public LanesResult lanes(int count, double everySeconds, int steps) throws InterruptedException {
        int backlog = 3 * setup.batch() * setup.tokenGenerators();
        topUp(backlog);
        driver.await(1, image -> true); // the batch has been full for a while
        double start = driver.clock.now();
        for (double arrival : Arrivals.poisson(count, 1 / everySeconds, SEED)) {
            for (double next; (next = driver.clock.now()) < start + arrival; ) {
                topUp(backlog);
                driver.clock.sleepUntil(Math.min(start + arrival, next + 200));
            }
            driver.publish(Lane.INTERACTIVE, start + arrival);
            driver.flush();
        }
        double end = driver.clock.now();
        List<ImageRun> images =
                driver.await(count, image -> image.image().getRequest().getLane() == Lane.INTERACTIVE);
        List<ImageRun> bulk = driver.await(
                0,
                image -> image.image().getRequest().getLane() == Lane.BULK
                        && image.seen() >= start
                        && image.seen() < end);
        double millisPerStep = Percentiles.of(images.stream()
                        .mapToDouble(image -> image.tokens() / steps)
                        .toArray())
                .median();
        return new LanesResult(
                "lanes",
                setup,
                images.size(),
                Spread.of(images, ImageRun::waitForTokens),
                Spread.of(images, image -> image.waitForTokens() / millisPerStep),
                millisPerStep,
                Spread.of(images, ImageRun::total),
                bulk.size() * 1000 / (end - start));
    }

    private void topUp(int backlog) {
        for (int i = driver.outstanding(Lane.BULK); i < backlog; i++) {
            driver.publish(Lane.BULK);
        }
        driver.flush();
    }
}
