package org.dallemini.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.util.ClassSecurityValidator;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.PromptRequest;
import org.dallemini.prompt.Verdict.Accepted;
import org.dallemini.prompt.Verdict.Refused;
import org.dallemini.schemas.Ids;
import org.junit.jupiter.api.BeforeAll;

/** Whatever the prompt: accepted, and then every image can be asked for; or refused, in words that can be printed. */
class PromptFuzzTest {
    private static final PromptValidator VALIDATOR = new PromptValidator(PromptLimits.DEFAULT);
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @BeforeAll
    static void trust() {
        ClassSecurityValidator.setGlobal(
                ClassSecurityValidator.composite(ClassSecurityValidator.DEFAULT_TRUSTED_CLASSES, type -> type.getName()
                        .startsWith("org.dallemini.events.")));
    }

    /** The input is the Avro body of a prompt, behind a byte that says how many of the last bytes are its key. */
    @FuzzTest
    void shouldAcceptPromptOrSayWhyNot(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int keyLength = Math.min(Byte.toUnsignedInt(input[0]), input.length - 1);
        String key = new String(input, input.length - keyLength, keyLength, StandardCharsets.UTF_8);
        PromptRequest prompt;
        try {
            prompt = new SpecificDatumReader<>(PromptRequest.class)
                    .read(null, DecoderFactory.get().binaryDecoder(input, 1, input.length - 1 - keyLength, null));
        } catch (IOException | RuntimeException e) {
            return; // the wire format's affair
        }
        PromptOrigin origin = new PromptOrigin("prompts", 0, 7, key, null, NOW);
        Verdict verdict = VALIDATOR.validate(prompt, NOW);
        if (verdict instanceof Refused refused) {
            assertThat(refused.message()).matches("[ -~]+").hasSizeLessThan(2_000);
            return;
        }
        assertThat(verdict).isInstanceOf(Accepted.class);
        String id = PromptExpander.idOf(prompt, origin);
        assertThat(Ids.isValid(id)).isTrue();
        assertThat(ContentHash.of(prompt)).isEqualTo(ContentHash.of(prompt));
        List<ImageRequest> images = PromptExpander.expand(prompt, id, origin, null);
        assertThat(images).hasSize(prompt.getCount()).hasSizeBetween(1, PromptLimits.DEFAULT.maxImages());
        assertThat(images).extracting(ImageRequest::getImageId).doesNotHaveDuplicates();
    }
}
