package org.dallemini.prompt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.dallemini.prompt.testing.Prompts.NOW;
import static org.dallemini.prompt.testing.Prompts.origin;
import static org.dallemini.prompt.testing.Prompts.prompt;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.Sampling;
import org.dallemini.schemas.Ids;
import org.junit.jupiter.api.Test;

class PromptExpanderTest {

    @Test
    void shouldMakeOneRequestForEachImage() {
        // Given
        PromptRequest prompt = prompt("a red circle")
                .setId("p-1")
                .setJobId("j-1")
                .setNegativeText("blue")
                .setCount(3)
                .setSeed(-1L)
                .setSampling(Sampling.newBuilder().setTopK(7).build())
                .setLane(Lane.BULK)
                .setLabels(Map.of("a", "b"))
                .setDeadline(NOW.plusSeconds(60))
                .setPrefix(new ImagePrefix(null, ByteBuffer.wrap(new byte[] {1, 2}), 4))
                .build();

        // When
        List<ImageRequest> requests = PromptExpander.expand(prompt, "p-1", origin("other"), null);

        // Then
        assertThat(requests).extracting(ImageRequest::getImageId).containsExactly("p-1/0", "p-1/1", "p-1/2");
        assertThat(requests).extracting(ImageRequest::getIndex).containsExactly(0, 1, 2);
        assertThat(requests).extracting(ImageRequest::getSeed).containsExactly(-1L, 0L, 1L);
        assertThat(requests).allSatisfy(request -> {
            assertThat(request.getPromptId()).isEqualTo("p-1");
            assertThat(request.getJobId()).isEqualTo("j-1");
            assertThat(request.getCount()).isEqualTo(3);
            assertThat(request.getText()).isEqualTo("a red circle");
            assertThat(request.getNegativeText()).isEqualTo("blue");
            assertThat(request.getSampling().getTopK()).isEqualTo(7);
            assertThat(request.getSampling().getTemperature()).isNull();
            assertThat(request.getLane()).isEqualTo(Lane.BULK);
            assertThat(request.getLabels()).containsExactly(Map.entry("a", "b"));
            assertThat(request.getDeadline()).isEqualTo(NOW.plusSeconds(60));
            assertThat(request.getRequestedAt()).isEqualTo(NOW);
            assertThat(request.getPrefix()).isEqualTo(prompt.getPrefix());
        });
    }

    @Test
    void shouldLeaveDefaultsToTheModel() {
        ImageRequest request = PromptExpander.expand(prompt("").build(), "p", origin(null), null)
                .get(0);
        assertThat(request.getSampling()).isEqualTo(Sampling.newBuilder().build());
        assertThat(request.getNegativeText()).isNull();
        assertThat(request.getPrefix()).isNull();
        assertThat(request.getCandidates()).isEqualTo(1);
        assertThat(request.getScore()).isNull();
        assertThat(request.getJobId()).isEqualTo("p");
    }

    @Test
    void shouldChooseImagesFromCandidatesOnlyWhereThereIsAChoice() {
        PromptRequest prompt =
                prompt("x").setSeed(100L).setCount(2).setBestOf(5).build();
        List<ImageRequest> requests = PromptExpander.expand(prompt, "p", origin(null), null);
        assertThat(requests).extracting(ImageRequest::getSeed).containsExactly(100L, 101L);
        assertThat(requests).extracting(ImageRequest::getCandidates).containsExactly(5, 5);

        PromptRequest all = prompt("x").setCount(2).setBestOf(2).build();
        assertThat(PromptExpander.expand(all, "p", origin(null), null))
                .extracting(ImageRequest::getCandidates)
                .containsExactly(1, 1);
    }

    @Test
    void shouldTakeIdFromRecordThenKeyThenCoordinates() {
        assertThat(PromptExpander.idOf(prompt("x").setId("own").build(), origin("key")))
                .isEqualTo("own");
        assertThat(PromptExpander.idOf(prompt("x").build(), origin("key"))).isEqualTo("key");
        String coordinates = "prompts-3-17-" + Long.toString(NOW.toEpochMilli(), 36);
        assertThat(PromptExpander.idOf(prompt("x").build(), origin("no id"))).isEqualTo(coordinates);
        assertThat(PromptExpander.idOf(prompt("x").build(), origin(null))).isEqualTo(coordinates);
    }

    @Test
    void shouldTakeIdFromEventRatherThanKey() {
        PromptOrigin origin = new PromptOrigin("prompts", 3, 17, "key", "event", NOW);
        assertThat(PromptExpander.idOf(prompt("x").build(), origin)).isEqualTo("event");
        assertThat(PromptExpander.idOf(prompt("x").setId("own").build(), origin))
                .isEqualTo("own");
    }

    @Test
    void shouldUnderstandEventsInBinaryMode() {
        Headers event = new RecordHeaders().add("ce_specversion", "1.0".getBytes(UTF_8));
        assertThat(CloudEvents.id(event)).isNull();
        assertThat(CloudEvents.id(event.add("ce_id", "a-1".getBytes(UTF_8)))).isEqualTo("a-1");
        assertThat(CloudEvents.id(event.add("ce_id", "../a".getBytes(UTF_8)))).isNull();
        assertThat(CloudEvents.id(event.add("ce_id", null))).isNull();
        assertThat(CloudEvents.id(new RecordHeaders().add("ce_id", "a-1".getBytes(UTF_8))))
                .isNull();
    }

    @Test
    void shouldMakeValidIdForAnyTopic() {
        for (String topic : List.of(".hidden", "t".repeat(249))) {
            PromptOrigin origin = new PromptOrigin(topic, 99_999, Long.MAX_VALUE, null, null, NOW);
            assertThat(PromptExpander.idOf(prompt("x").build(), origin)).matches(Ids::isValid);
        }
    }

    @Test
    void shouldDeriveSeedFromIdAlone() {
        // sha256("abc") = ba7816bf...; without its sign bit, as a number
        assertThat(PromptExpander.seedOf("abc")).isEqualTo(0xba7816bfL >>> 1);
        assertThat(PromptExpander.expand(prompt("x").setCount(2).build(), "abc", origin(null), null))
                .extracting(ImageRequest::getSeed)
                .containsExactly(0xba7816bfL >>> 1, (0xba7816bfL >>> 1) + 1);
    }

    @Test
    void shouldTellPrefixesApart() {
        // Given
        ImagePrefix tokens = new ImagePrefix(ByteBuffer.wrap(new byte[] {1, 2}), null, null);
        byte[] hash = ContentHash.of(prompt("x").setPrefix(tokens).build());

        // When / Then
        assertThat(ContentHash.of(prompt("x")
                        .setPrefix(new ImagePrefix(ByteBuffer.wrap(new byte[] {1, 2}), null, null))
                        .build()))
                .isEqualTo(hash);
        assertThat(ContentHash.of(prompt("x")
                        .setPrefix(new ImagePrefix(ByteBuffer.wrap(new byte[] {1, 3}), null, null))
                        .build()))
                .isNotEqualTo(hash);
        assertThat(ContentHash.of(prompt("x")
                        .setPrefix(new ImagePrefix(null, ByteBuffer.wrap(new byte[] {1, 2}), 4))
                        .build()))
                .isNotEqualTo(hash);
        assertThat(ContentHash.of(prompt("x").build())).isNotEqualTo(hash);
        assertThat(ContentHash.of(prompt("x").setPrefix(tokens).setBestOf(2).build()))
                .isNotEqualTo(hash);
        assertThat(ContentHash.of(prompt("x").setBestOf(2).build()))
                .isNotEqualTo(ContentHash.of(prompt("x").setBestOf(4).build()))
                .isNotEqualTo(ContentHash.of(prompt("x").build()));
    }

    /** As the version without prefixes calculated it: what it has accepted is in the store for days. */
    @Test
    void shouldRecogniseWhatWasAcceptedBeforeThereWerePrefixes() {
        PromptRequest prompt =
                prompt("x").setLabels(Map.of("a", "1")).setSeed(5L).build();
        assertThat(HexFormat.of().formatHex(ContentHash.of(prompt)))
                .isEqualTo("20ca0aea082358b83b38a42579712ceec4f677de1cff25392d4bc79804428c73");
    }

    @Test
    void shouldTellContentsApartWhateverTheirIds() {
        // Given
        Map<String, String> forwards = new LinkedHashMap<>(Map.of("a", "1"));
        forwards.put("b", "2");
        Map<String, String> backwards = new LinkedHashMap<>(Map.of("b", "2"));
        backwards.put("a", "1");
        byte[] hash = ContentHash.of(prompt("x").setId("1").setLabels(forwards).build());

        // When / Then
        assertThat(ContentHash.of(prompt("x").setId("2").setLabels(backwards).build()))
                .isEqualTo(hash);
        assertThat(ContentHash.of(
                        prompt("x").setLabels(new HashMap<>(Map.of("a", "1"))).build()))
                .isNotEqualTo(hash);
        assertThat(ContentHash.of(prompt("x").setLabels(forwards).setCount(2).build()))
                .isNotEqualTo(hash);
        assertThat(ContentHash.of(prompt("x").setLabels(forwards).setSeed(1L).build()))
                .isNotEqualTo(hash);
    }
}
