package org.dallemini.ingest.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.StageTiming;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.jobs.Jobs.ImagePage;
import org.dallemini.ingest.jobs.Records;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RecentImagesTest {
    @BeforeAll
    static void trust() {
        TrustedEvents.allow();
    }

    private static StoredImage image(int index, int storedAt) {
        return StoredImage.newBuilder(Records.stored(Records.request("j", "p", index, 100)))
                .setStoreTiming(new StageTiming(Instant.ofEpochMilli(storedAt), 5L, null))
                .build();
    }

    private static List<Integer> indices(ImagePage page) {
        return page.images().stream()
                .map(image -> image.getRequest().getIndex())
                .toList();
    }

    @Test
    void shouldGiveTheNewestFirstInWhateverOrderTheyCome() {
        // Given
        List<StoredImage> images = new ArrayList<>(
                IntStream.range(0, 50).mapToObj(i -> image(i, 1000 + i)).toList());
        Collections.shuffle(images, new Random(7));
        RecentImages recent = new RecentImages(20);

        // When
        images.forEach(recent::add);
        images.forEach(recent::add); // as after an outage

        // Then
        List<Integer> newest = IntStream.range(0, 20).map(i -> 49 - i).boxed().toList();
        assertThat(indices(recent.newest(image -> true, null, 100))).isEqualTo(newest);
        assertThat(recent.size()).isEqualTo(20);
    }

    @Test
    void shouldGoOnBehindAPageThoughOthersHaveComeMeanwhile() {
        // Given: two of the same moment
        RecentImages recent = new RecentImages(100);
        List.of(image(0, 10), image(1, 20), image(2, 20), image(3, 30)).forEach(recent::add);

        // When
        ImagePage first = recent.newest(image -> true, null, 2);
        recent.add(image(4, 40));
        ImagePage second = recent.newest(image -> true, first.next(), 2);

        // Then
        assertThat(indices(first)).containsExactly(3, 1);
        assertThat(first.next()).isNotNull().satisfies(next -> assertThat(RecentImages.isPlace(next))
                .isTrue());
        assertThat(indices(second)).containsExactly(2, 0);
        assertThat(second.next()).isNull();
    }

    @Test
    void shouldCountOnlyWhatFits() {
        // Given
        RecentImages recent = new RecentImages(100);
        IntStream.range(0, 10).forEach(i -> recent.add(image(i, i)));

        // When
        ImagePage page = recent.newest(image -> image.getRequest().getIndex() % 2 == 0, null, 5);

        // Then
        assertThat(indices(page)).containsExactly(8, 6, 4, 2, 0);
        assertThat(page.next()).isNull();
    }

    @Test
    void shouldKeepNoPrefixButThatThereWasOne() {
        // Given
        RecentImages recent = new RecentImages(1);
        ImageRequest request = ImageRequest.newBuilder(Records.request("j", "p", 0, 1))
                .setPrefix(new ImagePrefix(ByteBuffer.allocate(200_000), null, null))
                .build();

        // When
        recent.add(Records.stored(request));

        // Then
        assertThat(recent.newest(image -> true, null, 1).images())
                .singleElement()
                .satisfies(image -> assertThat(image.getRequest().getPrefix()).isEqualTo(new ImagePrefix()));
    }

    @Test
    void shouldKnowWhatIsNoPlace() {
        assertThat(List.of("", "1", "p/0", "-1.p/0", "1.p", "1.p/0 ", "99999999999999999999.p/0", "1.../0/0"))
                .noneMatch(RecentImages::isPlace);
        assertThat(RecentImages.isPlace("1764041888885.a.b/17")).isTrue();
    }
}
