package org.dallemini.generate;

import static org.assertj.core.api.Assertions.assertThat;

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
        var first = new PromptIds("model");
        var second = new PromptIds("model");

        assertThat(first.next(prompt("a"))).isEqualTo(second.next(prompt("a"))).matches("[0-9a-f]{24}");
        assertThat(first.next(prompt("b"))).isEqualTo(second.next(prompt("b")));
    }

    @Test
    void shouldTellEqualLinesApart() {
        var ids = new PromptIds("model");

        assertThat(ids.next(prompt("a"))).isNotEqualTo(ids.next(prompt("a")));
    }

    @Test
    void shouldDependOnScopeAndContent() {
        String id = new PromptIds("model").next(prompt("a"));

        assertThat(new PromptIds("other").next(prompt("a"))).isNotEqualTo(id);
        assertThat(new PromptIds("model")
                        .next(PromptRequest.newBuilder(prompt("a")).setCount(2).build()))
                .isNotEqualTo(id);
    }
}
