package org.dallemini.ingest.gallery;

/** A gallery that waits for nothing from earlier. */
public final class FullGallery {
    private FullGallery() {}

    /** @param most images that are kept */
    public static RecentImages of(int most) {
        RecentImages images = new RecentImages(most);
        images.complete();
        return images;
    }
}
