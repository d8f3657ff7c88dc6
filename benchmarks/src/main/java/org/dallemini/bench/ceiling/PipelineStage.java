package org.dallemini.bench.ceiling;

import java.util.function.Function;
import org.dallemini.schemas.Topics;

/** The stages that are measured. */
public enum PipelineStage {
    TOKEN_GENERATOR("token-generator", 200_000, Topics::imageRequests, Topics::imageTokens),
    IMAGE_DECODER("image-decoder", 4_000, Topics::imageTokens, Topics::images),
    STORAGE_SINK("storage-sink", 6_000, Topics::images, Topics::storedImages);

    private final String title;
    private final int images;
    private final Function<Topics, String> input;
    private final Function<Topics, String> output;

    PipelineStage(String title, int images, Function<Topics, String> input, Function<Topics, String> output) {
        this.title = title;
        this.images = images;
        this.input = input;
        this.output = output;
    }

    /** As its command and its default consumer group. */
    String title() {
        return title;
    }

    /** That keep it busy for long enough to be measured. */
    int images() {
        return images;
    }

    String input(Topics topics) {
        return input.apply(topics);
    }

    String output(Topics topics) {
        return output.apply(topics);
    }

    @Override
    public String toString() {
        return title;
    }
}
