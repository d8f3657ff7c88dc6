package org.dallemini.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.dallemini.generate.PromptFile.Line;
import org.junit.jupiter.api.Test;

class PromptFileTest {

    private static List<Line> lines(String content) throws IOException {
        return PromptFile.read(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldNumberEveryLineAndKeepBlankOnes() throws IOException {
        assertThat(lines("a\n\nb")).containsExactly(new Line(1, "a"), new Line(2, ""), new Line(3, "b"));
    }

    @Test
    void shouldTakeEveryKindOfLineEnd() throws IOException {
        assertThat(lines("a\r\nb\rc\n")).extracting(Line::text).containsExactly("a", "b", "c");
    }

    @Test
    void shouldDropAByteOrderMark() throws IOException {
        assertThat(lines("\uFEFFa\n\uFEFFb")).extracting(Line::text).containsExactly("a", "\uFEFFb");
    }

    @Test
    void shouldKeepTextAsItStands() throws IOException {
        String text = "  café \uD83D\uDE00 <b>&amp;</b>\t";
        assertThat(lines(text)).containsExactly(new Line(1, text));
        assertThat(new Line(1, " \t ").isBlank()).isTrue();
    }
}
