package org.dallemini.ingest.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import org.dallemini.events.StoredImage;
import org.dallemini.ingest.jobs.Records;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FavouritesTest {
    private final FakeJournal journal = new FakeJournal();
    private final Favourites favourites = new Favourites(journal);

    @BeforeEach
    void trust() {
        TrustedEvents.allow();
    }

    private static StoredImage image(String promptId) {
        return Records.stored(Records.request("j", promptId, 0, 1));
    }

    @Test
    void shouldKnowWhatTheJournalHolds() {
        // When
        favourites.take("ann/a/0", image("a"));
        favourites.take("/a/0", image("a"));
        favourites.take("ann/b/0", image("b"));
        favourites.forget("ann/a/0");
        favourites.complete(imageId -> false);

        // Then
        assertThat(favourites.isComplete()).isTrue();
        assertThat(favourites.contains("ann", "a/0")).isFalse();
        assertThat(favourites.contains("", "a/0")).isTrue();
        assertThat(favourites.contains("ann", "b/0")).isTrue();
        assertThat(favourites.find("j", "b/0")).hasValue(image("b"));
        assertThat(favourites.find("k", "b/0")).isEmpty();
    }

    @Test
    void shouldHaveTheJournalForgetWhatWasDeletedWhileNobodyLooked() {
        // Given
        for (String promptId : new String[] {"a", "b"}) {
            journal.write("ann/" + promptId + "/0", image(promptId));
            favourites.take("ann/" + promptId + "/0", image(promptId));
        }

        // When
        favourites.whenDeleted("a/0");
        assertThat(journal.images()).hasSize(2);
        favourites.complete("a/0"::equals);

        // Then
        assertThat(journal.images()).containsOnlyKeys("ann/b/0");
        assertThat(favourites.contains("ann", "a/0")).isFalse();

        // When, Then
        journal.isAway(true);
        favourites.whenDeleted("b/0");
        assertThat(favourites.contains("ann", "b/0")).isFalse();
    }
}
