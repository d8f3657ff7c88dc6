package org.dallemini.tokens.batch;

import java.util.Set;
import java.util.function.Consumer;
import org.dallemini.dalle.drawing.Drawing;
import org.dallemini.events.ImagePreview;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.Lane;

/** Sends a preview of an image after every so many of its tokens. */
public final class PreviewSchedule {
    private final TokenRecords records;
    private final int tokens;
    private final Set<Lane> lanes;
    private final Consumer<ImagePreview> sink;

    /**
     * @param tokens after every so many of an image it is shown; 0: never
     * @param lanes whose images are shown
     * @param sink must return at once and not fail: the batch waits
     */
    public PreviewSchedule(TokenRecords records, int tokens, Set<Lane> lanes, Consumer<ImagePreview> sink) {
        this.records = records;
        this.tokens = tokens;
        this.lanes = Set.copyOf(lanes);
        this.sink = sink;
    }

    /** After a step of a drawing. One that has ended is shown no more: the image itself follows. */
    void stepped(ImageRequest event, Drawing drawing) {
        if (tokens > 0
                && !drawing.isEnded()
                && drawing.drawn() > 0
                && drawing.drawn() % tokens == 0
                && lanes.contains(event.getLane())) {
            sink.accept(records.preview(event, drawing));
        }
    }
}
