package org.dallemini.ingest.api;

import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.dallemini.events.ImageDeletion;
import org.dallemini.ingest.gallery.FakeJournal;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.PresignedUrls;

/** Images of tests that neither delete nor mark any. */
final class Images {
    private Images() {}

    static ImageResource of(Jobs jobs, Optional<ObjectStore> store, Optional<PresignedUrls> urls) {
        ImageDeletions none = new ImageDeletions() {
            @Override
            public boolean contains(String imageId) {
                return false;
            }

            @Override
            public void add(ImageDeletion deletion) {
                throw new KafkaException("nothing is deleted in this test");
            }
        };
        return new ImageResource(jobs, store, urls, none, new FakeJournal().favourites(), InstantSource.system());
    }
}
