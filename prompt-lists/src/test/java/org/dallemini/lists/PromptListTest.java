package org.dallemini.lists;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.Sampling;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.serde.TrustedEvents;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptListTest {
    private static final PromptMatrix PLAIN = new PromptMatrix(false, Seeds.NONE, 10, null, false);

    @TempDir
    private Path folder;

    @BeforeAll
    static void trustEvents() {
        TrustedEvents.allow();
    }

    private PromptList list(String name, String content, PromptMatrix matrix, @Nullable String jobId)
            throws IOException {
        PromptRequest template = PromptRequest.newBuilder()
                .setText("")
                .setCount(2)
                .setLane(Lane.BULK)
                .setSampling(
                        Sampling.newBuilder().setTopK(10).setTemperature(0.5f).build())
                .setLabels(Map.of("kind", "all", "campaign", "spring"))
                .build();
        return new PromptList(
                PromptFile.of(Files.writeString(folder.resolve(name), content), null),
                new PromptDefaults(template),
                matrix,
                new PromptValidator(PromptLimits.DEFAULT),
                jobId);
    }

    private static final class Taken implements PromptList.Taker {
        private final List<ListedPrompt> prompts = new ArrayList<>();
        private final List<String> bad = new ArrayList<>();

        @Override
        public void prompt(ListedPrompt prompt) {
            prompts.add(prompt);
        }

        @Override
        public void bad(PromptLine.Bad line) {
            bad.add(line.number() + " " + line.code());
        }

        List<String> ids() {
            return prompts.stream().map(prompt -> prompt.id("job")).toList();
        }
    }

    private static Taken read(PromptList list) throws IOException {
        var taken = new Taken();
        assertThat(list.read(taken, () -> false)).isTrue();
        return taken;
    }

    private static Survey survey(PromptList list) throws IOException {
        return Survey.of(list, line -> {}, () -> false);
    }

    @Test
    void shouldLetLinesOverruleWhatAllHaveInCommon() throws IOException {
        // When
        Taken taken = read(list("a.jsonl", """
                        {"text":"a"}
                        {"text":"b","count":1,"lane":"INTERACTIVE","sampling":{"topK":20},"labels":{"kind":"own"}}
                        """, PLAIN, null));

        // Then
        PromptRequest plain = taken.prompts.get(0).of("job");
        assertThat(plain.getId()).isEqualTo("job.1");
        assertThat(plain.getJobId()).isEqualTo("job");
        assertThat(plain.getCount()).isEqualTo(2);
        assertThat(plain.getLane()).isEqualTo(Lane.BULK);
        PromptRequest own = taken.prompts.get(1).of("job");
        assertThat(own.getCount()).isEqualTo(1);
        assertThat(own.getLane()).isEqualTo(Lane.INTERACTIVE);
        assertThat(own.getSampling().getTopK()).isEqualTo(20);
        assertThat(own.getSampling().getTemperature()).isEqualTo(0.5f);
        assertThat(own.getLabels()).containsExactlyInAnyOrderEntriesOf(Map.of("kind", "own", "campaign", "spring"));
    }

    @Test
    void shouldMakeAPromptOfEachTextAndSeed() throws IOException {
        var matrix = new PromptMatrix(true, Seeds.parse("7,9"), 4, null, false);

        Taken taken = read(list("a.jsonl", """
                {"text":"a {red|blue} star","id":"mine"}
                {"text":"ring","seed":3}
                {"text":"{a|b}","seed":3}
                {"text":"{a|b|c}"}
                """, matrix, null));

        assertThat(taken.ids()).containsExactly("mine.1", "mine.2", "mine.3", "mine.4", "job.2", "job.3.1", "job.3.2");
        assertThat(taken.prompts)
                .extracting(prompt ->
                        prompt.request().getText() + " " + prompt.request().getSeed())
                .containsExactly(
                        "a red star 7", "a red star 9", "a blue star 7", "a blue star 9", "ring 3", "a 3", "b 3");
        assertThat(taken.bad).containsExactly("4 too-many-prompts");
    }

    @Test
    void shouldTakeAllPromptsOfALineOrNone() throws IOException {
        var matrix = new PromptMatrix(true, Seeds.NONE, 4, null, false);

        Taken taken = read(list("a.txt", "{ok|" + "x".repeat(2001) + "}\nfine\n", matrix, null));

        assertThat(taken.ids()).containsExactly("job.2");
        assertThat(taken.bad).containsExactly("1 text-too-long");
    }

    @Test
    void shouldRefuseNamesThatAreUsedTwice() throws IOException {
        Taken taken = read(list("a.jsonl", """
                {"text":"a","id":"same"}
                {"text":"b","id":"same"}
                {"text":"c","custom_id":"one"}
                {"text":"d","custom_id":"one"}
                {"text":"e","id":"job.6"}
                {"text":"f"}
                """, PLAIN, "job"));

        assertThat(taken.ids()).containsExactly("same", "job.3", "job.6");
        assertThat(taken.bad).containsExactly("2 id-reused", "4 id-reused", "5 invalid-id");
    }

    @Test
    void shouldNameWhatTheIntakeWouldRefuse() throws IOException {
        Taken taken = read(list("a.csv", """
                text,count,topK,id
                a,0,,
                b,x,,
                c,,-1,
                d,,,.hidden
                "e",1.5,,
                f,1,2,3
                """, PLAIN, null));

        assertThat(taken.ids()).containsExactly("3");
        assertThat(taken.bad)
                .containsExactly(
                        "2 invalid-parameter",
                        "3 invalid-parameter",
                        "4 invalid-parameter",
                        "5 invalid-id",
                        "6 invalid-parameter");
    }

    @Test
    void shouldBeTheSameJobForTheSameFileAndAnotherForAnother() throws IOException {
        // Given
        PromptList list = list("My Shapes (1).txt", "a\nb\n", PLAIN, null);

        // When
        BulkJob job = survey(list).job(list);

        // Then
        assertThat(job.id()).matches("My-Shapes-1-[0-9a-f]{12}");
        assertThat(job.prompts()).isEqualTo(2);
        assertThat(job.images()).isEqualTo(4);
        assertThat(survey(list).job(list)).isEqualTo(job);
        for (PromptList other : List.of(
                list("b.txt", "b\na\n", PLAIN, null),
                list("c.txt", "a\nb\nc\n", PLAIN, null),
                list("d.txt", "a\nb\n", new PromptMatrix(false, Seeds.parse("1"), 10, null, false), null),
                list("e.jsonl", "{\"text\":\"a\",\"custom_id\":\"one\"}\n\"b\"\n", PLAIN, null))) {
            assertThat(survey(other).job(other).content()).isNotEqualTo(job.content());
        }
        PromptList named = list("f.txt", "a\nb\n", PLAIN, "mine");
        assertThat(survey(named).job(named).id()).isEqualTo("mine");
    }

    @Test
    void shouldStopWhenItIsToldTo() throws IOException {
        assertThat(list("a.txt", "a\nb\n", PLAIN, null).read(new Taken(), () -> true))
                .isFalse();
    }
}
