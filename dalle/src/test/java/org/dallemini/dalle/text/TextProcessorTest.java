package org.dallemini.dalle.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextProcessorTest {
    @TempDir
    Path folder;

    @Test
    void shouldNormalizeWhereTheModelWantsIt() throws IOException {
        Path bart = configured(true, TestFiles.copyOfBart(folder));
        try (TextProcessor processor = TextProcessor.open(bart, BartConfig.read(bart))) {
            TextProcessor.Prepared prepared = processor.prepare("A Red-Circle!");
            assertThat(prepared.normalizedText()).isEqualTo(" a red circle");
            assertThat(prepared.ids())
                    .isEqualTo(processor.prepare(" a red circle").ids());
            assertThat(processor.prepare("").ids()).isNotEqualTo(processor.unconditionalIds());
        }
    }

    @Test
    void shouldLeaveTheTextAloneWhereTheModelWantsThat() throws IOException {
        Path bart = configured(false, TestFiles.copyOfBart(folder, CheckpointFiles.WORD_LIST));
        try (TextProcessor processor = TextProcessor.open(bart, BartConfig.read(bart))) {
            assertThat(processor.prepare("A Red-Circle!").normalizedText()).isEqualTo("A Red-Circle!");
            assertThat(processor.prepare("").ids()).isEqualTo(processor.unconditionalIds());
        }
    }

    @Test
    void shouldAskForTheWordListWhereItIsNeeded() throws IOException {
        Path bart = configured(true, TestFiles.copyOfBart(folder, CheckpointFiles.WORD_LIST));
        BartConfig config = BartConfig.read(bart);
        assertThatThrownBy(() -> TextProcessor.open(bart, config))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(CheckpointFiles.WORD_LIST + " is missing");
    }

    private static Path configured(boolean normalizeText, Path bart) throws IOException {
        ObjectMapper json = new ObjectMapper();
        File file = bart.resolve("config.json").toFile();
        json.writeValue(file, ((ObjectNode) json.readTree(file)).put("normalize_text", normalizeText));
        return bart;
    }
}
