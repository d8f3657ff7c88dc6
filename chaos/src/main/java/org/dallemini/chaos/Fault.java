package org.dallemini.chaos;

import static org.dallemini.chaos.StageKind.IMAGE_DECODER;
import static org.dallemini.chaos.StageKind.PROMPT_INGEST;
import static org.dallemini.chaos.StageKind.STORAGE_SINK;
import static org.dallemini.chaos.StageKind.TOKEN_GENERATOR;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Something that is wrong with the network for a while.
 *
 * @param length after which all is healed
 * @param words what stages must say on {@code /readyz} meanwhile; stages that are not named may or may not notice
 * @param knocked where attempts to connect can be counted: they must become rarer
 */
record Fault(String name, Duration length, Begin begin, Map<StageKind, Pattern> words, Knocked knocked) {
    private static final Pattern NO_BROKER = Pattern.compile("Kafka");
    private static final Pattern NO_REGISTRY = Pattern.compile("registry");
    private static final Pattern NO_STORE = Pattern.compile("Cannot .* \\(bucket 'images' at http");
    private static final Map<StageKind, Pattern> BROKER_IS_AWAY = Map.of(
            PROMPT_INGEST, NO_BROKER, TOKEN_GENERATOR, NO_BROKER, IMAGE_DECODER, NO_BROKER, STORAGE_SINK, NO_BROKER);
    private static final Map<StageKind, Pattern> REGISTRY_IS_AWAY = Map.of(PROMPT_INGEST, NO_REGISTRY);
    private static final Map<StageKind, Pattern> STORE_IS_AWAY = Map.of(STORAGE_SINK, NO_STORE);

    private static final Duration LONG_WAY = Duration.ofMillis(200);
    private static final long THIN_LINE = 50_000;

    /** A picture of the small model has some 8 KB. */
    private static final long HALF_A_PICTURE = 3_000;

    /** Servers whose clients do not get through, but as far as the proxy. */
    enum Knocked {
        NONE,
        BROKER
    }

    /** Makes it wrong. */
    interface Begin {
        void in(ProxiedServers servers, PromptStream prompts) throws IOException;
    }

    private static Fault quiet(String name, Duration length, Begin begin) {
        return new Fault(name, length, begin, Map.of(), Knocked.NONE);
    }

    /**
     * All kinds.
     *
     * @param outage how long servers cannot be reached
     * @param silence how long the broker says nothing; at least 11 s, since it takes a few to tell silence from quiet
     * @param slowness how long lines are slow, or connections break
     */
    static List<Fault> all(Duration outage, Duration silence, Duration slowness) {
        return List.of(
                new Fault("broker refuses", outage, (s, p) -> s.broker().refuse(), BROKER_IS_AWAY, Knocked.NONE),
                new Fault(
                        "registry refuses",
                        outage,
                        (s, p) -> {
                            s.registry().refuse();
                            p.speakNewDialect();
                        },
                        REGISTRY_IS_AWAY,
                        Knocked.NONE),
                new Fault("store refuses", outage, (s, p) -> s.store().refuse(), STORE_IS_AWAY, Knocked.NONE),
                new Fault("broker is silent", silence, (s, p) -> s.broker().hang(), BROKER_IS_AWAY, Knocked.NONE),
                new Fault(
                        "registry, store are silent",
                        outage,
                        (s, p) -> {
                            s.registry().hang();
                            s.store().hang();
                            p.speakNewDialect();
                        },
                        Map.of(PROMPT_INGEST, NO_REGISTRY, STORAGE_SINK, NO_STORE),
                        Knocked.NONE),
                new Fault(
                        "uploads are cut",
                        slowness,
                        (s, p) -> s.store().resetUploadsAfter(HALF_A_PICTURE),
                        STORE_IS_AWAY,
                        Knocked.NONE),
                quiet("connections are reset", Duration.ofSeconds(1), (s, p) -> {
                    s.broker().resetAll();
                    s.registry().resetAll();
                    s.store().resetAll();
                }),
                quiet("connections half closed", Duration.ofSeconds(1), (s, p) -> {
                    s.broker().halfClose();
                    s.registry().halfClose();
                    s.store().halfClose();
                }),
                quiet("lines are slow", slowness, (s, p) -> {
                    s.broker().delay(LONG_WAY, LONG_WAY);
                    s.registry().delay(LONG_WAY, LONG_WAY);
                    s.store().throttle(THIN_LINE);
                }),
                new Fault(
                        "all slam the door",
                        outage,
                        (s, p) -> {
                            s.broker().slam();
                            s.registry().slam();
                            s.store().slam();
                        },
                        BROKER_IS_AWAY,
                        Knocked.BROKER));
    }
}
