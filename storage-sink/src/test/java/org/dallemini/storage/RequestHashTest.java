package org.dallemini.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.Lane;
import org.dallemini.events.Sampling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RequestHashTest {
    private static final ImageRequest REQUEST = Images.request("p", 1);

    private interface Change extends UnaryOperator<ImageRequest.Builder> {}

    static Stream<Change> othersImages() {
        return Stream.of(
                r -> r.setImageId("p/2"),
                r -> r.setPromptId("q"),
                r -> r.setIndex(2),
                r -> r.setText("a red circle "),
                r -> r.setText(""),
                r -> r.setNegativeText("blue"),
                r -> r.setNegativeText(""),
                r -> r.setSeed(44),
                r -> r.setSampling(sampling().setTemperature(0.5f).build()),
                r -> r.setSampling(sampling().setTemperature(null).build()),
                r -> r.setSampling(sampling().setTopK(51).build()),
                r -> r.setSampling(sampling().setTopP(0.5f).build()),
                r -> r.setSampling(sampling().setGuidanceScale(1f).build()),
                r -> r.setSampling(sampling().setBatchIndex(1).build()),
                r -> r.setSampling(sampling().setBatchSize(2).build()),
                r -> r.setCandidates(4),
                r -> r.setPrefix(tokens(1)),
                r -> r.setPrefix(tokens(2)),
                r -> r.setPrefix(picture(1)),
                r -> r.setPrefix(picture(2)));
    }

    private static Sampling.Builder sampling() {
        return Sampling.newBuilder(REQUEST.getSampling());
    }

    private static ImagePrefix tokens(int token) {
        return ImagePrefix.newBuilder()
                .setTokens(ByteBuffer.wrap(new byte[] {(byte) token, 0}))
                .build();
    }

    private static ImagePrefix picture(int rows) {
        return ImagePrefix.newBuilder()
                .setPicture(ByteBuffer.wrap(new byte[] {1, 0}))
                .setRows(rows)
                .build();
    }

    private static String hash(Change change) {
        return RequestHash.of(change.apply(ImageRequest.newBuilder(REQUEST)).build());
    }

    @Test
    void shouldTellImagesApart() {
        assertThat(Stream.concat(othersImages(), Stream.of((Change) r -> r)).map(RequestHashTest::hash))
                .doesNotHaveDuplicates()
                .hasSize(21);
    }

    static Stream<Change> sameImage() {
        return Stream.of(
                r -> r.setJobId("another"),
                r -> r.setCount(1),
                r -> r.setLane(Lane.BULK),
                r -> r.setLabels(Map.of("c", "3")),
                r -> r.setDeadline(Images.REQUESTED),
                r -> r.setRequestedAt(Images.REQUESTED.plusSeconds(1)),
                r -> r.setScore(-3.5));
    }

    @ParameterizedTest
    @MethodSource("sameImage")
    void shouldNotCountForWhomAndWhenAnImageIsDrawn(Change change) {
        assertThat(hash(change)).isEqualTo(RequestHash.of(REQUEST));
    }

    /** Objects of years ago are compared with it. */
    @Test
    void shouldStayAsItIs() {
        assertThat(RequestHash.of(REQUEST))
                .isEqualTo("22f57e083769349d7105f7163402309097924dd237ba55fa87492daeedbfdb22");
    }
}
