package org.dallemini.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.PromptRequest;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PromptIdsTest {

    @BeforeAll
    static void trustEvents() {
        TrustedEvents.allow();
    }

    private static PromptRequest prompt(String text) {
        return PromptRequest.newBuilder().setText(text).build();
    }

    @Test
    void shouldGiveTheSameIdsToTheSameFile() {
        var first = new PromptIds("model", null);
        var second = new PromptIds("model", null);

        assertThat(first.next(prompt("a"))).isEqualTo(second.next(prompt("a"))).matches("[0-9a-f]{24}");
        assertThat(first.next(prompt("b"))).isEqualTo(second.next(prompt("b")));
    }

    @Test
    void shouldTellEqualLinesApart() {
        var ids = new PromptIds("model", null);

        assertThat(ids.next(prompt("a"))).isNotEqualTo(ids.next(prompt("a")));
    }

    @Test
    void shouldDependOnThePrefix() {
        // Given
        var picture = new ImagePrefix(null, ByteBuffer.wrap(new byte[] {1, 2}), 4);
        String id = new PromptIds("model", picture).next(prompt("a"));

        // When, Then
        assertThat(new PromptIds("model", new ImagePrefix(null, ByteBuffer.wrap(new byte[] {1, 2}), 4))
                        .next(prompt("a")))
                .isEqualTo(id);
        assertThat(new PromptIds("model", null).next(prompt("a"))).isNotEqualTo(id);
        assertThat(new PromptIds("model", new ImagePrefix(null, ByteBuffer.wrap(new byte[] {1, 3}), 4))
                        .next(prompt("a")))
                .isNotEqualTo(id);
        assertThat(new PromptIds("model", new ImagePrefix(null, ByteBuffer.wrap(new byte[] {1, 2}), 5))
                        .next(prompt("a")))
                .isNotEqualTo(id);
    }

    /** As the version without prefixes gave them: what was drawn of a file then is not drawn again. */
    @Test
    void shouldKeepTheIdsFromBeforeThereWerePrefixes() {
        var ids = new PromptIds("model", null);

        assertThat(ids.next(prompt("a \"red\" circle, \"prefix\": null}"))).isEqualTo("b1849429789cea82a18384a2");
        assertThat(ids.next(prompt("a"))).isEqualTo("e33969f8bd0c0d08951b8914");
    }

    @Test
    void shouldDependOnScopeAndContent() {
        String id = new PromptIds("model", null).next(prompt("a"));

        assertThat(new PromptIds("other", null).next(prompt("a"))).isNotEqualTo(id);
        assertThat(new PromptIds("model", null)
                        .next(PromptRequest.newBuilder(prompt("a")).setCount(2).build()))
                .isNotEqualTo(id);
        assertThat(new PromptIds("model", null)
                        .next(PromptRequest.newBuilder(prompt("a")).setBestOf(2).build()))
                .isNotEqualTo(id);
    }
}
