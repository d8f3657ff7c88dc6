package org.dallemini.ingest.previews;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.dallemini.events.ImagePreview;
import org.dallemini.ingest.jobs.Records;
import org.junit.jupiter.api.Test;

class PreviewsTest {
    private long now;
    private final Previews previews = new Previews(() -> now);

    static ImagePreview preview(String jobId, String imageId, int tokens) {
        return Records.preview(jobId, imageId, tokens);
    }

    @Test
    void shouldKnowTheLastOfEachImageUntilItIsStored() {
        // When
        previews.add(preview("j", "p/0", 4));
        previews.add(preview("j", "p/1", 4));
        previews.add(preview("j", "p/0", 8));

        // Then
        assertThat(previews.find("j", "p/0")).contains(preview("j", "p/0", 8));
        assertThat(previews.find("j", "p/1")).contains(preview("j", "p/1", 4));
        assertThat(previews.find("other", "p/0")).isEmpty();
        assertThat(previews.find("j", "p/2")).isEmpty();

        // When
        previews.forget("p/0");

        // Then
        assertThat(previews.find("j", "p/0")).isEmpty();
        assertThat(previews.size()).isEqualTo(1);
    }

    @Test
    void shouldForgetWhatIsOldAndTheOldestOfTooMany() {
        // Given
        previews.add(preview("j", "old", 4));
        now = Previews.MAX_AGE_NANOS + 1;
        assertThat(previews.find("j", "old")).isEmpty();

        // When
        for (int i = 0; i <= Previews.MAX_PREVIEWS; i++) {
            previews.add(preview("j", "p/" + i, 4));
        }

        // Then
        assertThat(previews.size()).isEqualTo(Previews.MAX_PREVIEWS);
        assertThat(previews.find("j", "p/0")).isEmpty();
        assertThat(previews.find("j", "p/1")).isPresent();
    }

    @Test
    void shouldLeaveOutWhatMakesNoSense() {
        for (ImagePreview bad : List.of(
                preview("j", "p/0", 0),
                preview("j", "p/0", 17),
                new ImagePreview("p/0", "p", "j", ByteBuffer.allocate(3), 4, 4, "00ff"),
                new ImagePreview("p/0", "p", "j", ByteBuffer.allocate(2), -1, -4, "00ff"),
                new ImagePreview("p/0", "p", "j", ByteBuffer.allocate(2), 65_536, 65_536, "00ff"))) {
            previews.add(bad);
        }

        assertThat(previews.size()).isZero();
    }

    @Test
    void shouldTellThoseWhoWatchAJobOfItsImagesAlone() {
        // Given
        List<ImagePreview> told = new ArrayList<>();
        previews.add(preview("j", "p/0", 4));
        previews.add(preview("other", "q/0", 4));

        // When
        try (Previews.Subscription subscription = previews.watch("j", told::add)) {
            previews.add(preview("j", "p/0", 8));
            previews.add(preview("other", "q/0", 8));
            assertThat(subscription).isNotNull();
        }
        previews.add(preview("j", "p/0", 12));

        // Then
        assertThat(told).containsExactly(preview("j", "p/0", 4), preview("j", "p/0", 8));
    }
}
