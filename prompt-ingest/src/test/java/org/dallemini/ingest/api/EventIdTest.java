package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.jobs.Records;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdTest {
    @BeforeAll
    static void trust() {
        TrustedEvents.allow();
    }

    private static StoredImage image(int index, long storedAt) {
        return Records.stored(Records.request("j", "p", index, 100), Instant.ofEpochMilli(storedAt));
    }

    private static long hash(StoredImage image) {
        return EventId.hashOf(image.getRequest().getImageId());
    }

    private static EventId of(List<StoredImage> images) {
        EventId id = EventId.NONE;
        for (StoredImage image : images) {
            id = id.with(image, hash(image));
        }
        return id;
    }

    private static Set<Long> hashes(List<StoredImage> images) {
        return images.stream().map(EventIdTest::hash).collect(Collectors.toCollection(HashSet::new));
    }

    @Test
    void shouldBeReadAsItWasWritten() {
        EventId id = of(List.of(image(0, 5), image(1, 7))).withStatus(12);
        assertThat(EventId.parse(id.toString())).contains(id);
        assertThat(EventId.parse(id.withEnd().toString())).contains(id.withEnd());
        assertThat(id.withEnd().toString()).endsWith("-end");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1-2-3", "1-2-3-x", "1-2-3-4-5", "-1-2-3-4", "99999999999999999999-1-1-1"})
    void shouldLeaveOtherIdsAlone(String text) {
        assertThat(EventId.parse(text)).isEmpty();
        assertThat(EventId.parse(null)).isEmpty();
    }

    @Test
    void shouldTellWhichImagesWereSent() {
        // Given: two were sent, one was stored later
        StoredImage first = image(0, 5);
        StoredImage second = image(1, 7);
        StoredImage later = image(2, 8);
        EventId id = of(List.of(second, first));

        // When, Then
        assertThat(Stream.of(first, second, later).filter(id::mayHold)).containsExactly(first, second);
        assertThat(id.sentOf(hashes(List.of(first, second)))).contains(hashes(List.of(first, second)));

        // And: one that was stored between them, and seen late
        StoredImage between = image(3, 6);
        assertThat(id.mayHold(between)).isTrue();
        assertThat(id.sentOf(hashes(List.of(first, between, second)))).contains(hashes(List.of(first, second)));

        // And: of more it cannot tell
        assertThat(id.sentOf(hashes(List.of(first, between, second, image(4, 6)))))
                .isEmpty();
        assertThat(id.sentOf(hashes(List.of(first, between)))).isEmpty();
    }
}
