package org.dallemini.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.dallemini.events.ImageRequest;

/** Whatever the template and the record: a key that is safe anywhere, or an exception that says why not. */
class ObjectKeyFuzzTest {
    private static final List<String> TEMPLATES = List.of(
            ObjectKeyTemplate.DEFAULT,
            "{job}/{prompt}-{index}.png",
            "{date:yyyy/MM/dd}/{image}-{seed}",
            "a/{prompt}/{job}{seed}/{index}");

    @FuzzTest
    void shouldMakeSafeKeyOrRefuse(FuzzedDataProvider data) {
        String text = data.consumeBoolean() ? data.pickValue(TEMPLATES) : data.consumeString(200);
        ObjectKeyTemplate template;
        try {
            template = ObjectKeyTemplate.parse(text);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("The object key template");
            return;
        }
        ImageRequest image = ImageRequest.newBuilder(Images.request("p", 0))
                .setIndex(data.consumeInt())
                .setSeed(data.consumeLong())
                .setRequestedAt(Instant.ofEpochMilli(data.consumeLong()))
                .setJobId(data.consumeString(200))
                .setPromptId(data.consumeRemainingAsString())
                .build();
        try {
            String key = template.keyOf(image);
            assertThat(key.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1, 1024);
            assertThat(key).matches("[A-Za-z0-9!_.*'()=@,+/-]+");
            assertThat(key.split("/", -1)).doesNotContain("", ".", "..");
            assertThat(key.split("/", -1)).hasSameSizeAs(other(template).split("/", -1));
            assertThat(key).as("another image").isNotEqualTo(other(template));
        } catch (InvalidObjectKeyException e) {
            assertThat(e.getMessage()).matches("[ -~]+");
        }
    }

    /** No record from outside has its id: it is longer than any that the fuzzer makes. */
    private static String other(ObjectKeyTemplate template) {
        return template.keyOf(Images.request("o".repeat(128), 3));
    }
}
