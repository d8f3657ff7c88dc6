package org.dallemini.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.jobs.JobHeaders;
import org.dallemini.lists.BulkJob;
import org.dallemini.lists.PromptDefaults;
import org.dallemini.lists.PromptFile;
import org.dallemini.lists.PromptList;
import org.dallemini.lists.PromptMatrix;
import org.dallemini.lists.PromptPublisher;
import org.dallemini.lists.Seeds;
import org.dallemini.lists.Survey;
import org.dallemini.progress.Progress;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BulkPublicationTest {
    private static final BooleanSupplier NEVER = () -> false;

    @TempDir
    private Path folder;

    private final MockProducer<byte[], byte[]> kafka =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());

    @BeforeAll
    static void trustEvents() {
        TrustedEvents.allow();
    }

    private PromptList list(String content) throws IOException {
        return new PromptList(
                PromptFile.of(Files.writeString(folder.resolve("prompts.jsonl"), content), null),
                new PromptDefaults(PromptRequest.newBuilder().setText("").build()),
                new PromptMatrix(false, Seeds.NONE, 10, null, false),
                new PromptValidator(PromptLimits.DEFAULT),
                "job");
    }

    private static BulkJob job(PromptList list) throws IOException {
        return Survey.of(list, line -> {}, NEVER).job(list);
    }

    private BulkPublication publication(BulkJob job) {
        return new BulkPublication(
                job,
                new PromptPublisher(kafka, (topic, prompt) -> prompt.getText().getBytes(UTF_8), "prompts"),
                new Progress(new PrintStream(System.err, true, UTF_8), Progress.Style.NONE, System::nanoTime));
    }

    private List<String> keys() {
        return kafka.history().stream()
                .map(record -> new String(record.key(), UTF_8))
                .toList();
    }

    private static String header(ProducerRecord<byte[], byte[]> record, String name) {
        return String.valueOf(JobHeaders.text(record.headers(), name));
    }

    @Test
    void shouldPublishEveryPromptWithWhatManifestsAndTheTrackerNeed() throws IOException {
        // Given
        PromptList list = list("""
                {"text":"a","custom_id":"first one"}
                not a prompt
                {"text":"b","id":"mine"}
                """);
        BulkJob job = job(list);

        // When
        BulkPublication publication = publication(job);
        boolean finished = publication.run(list, NEVER);

        // Then
        assertThat(finished).isTrue();
        assertThat(publication.published()).isEqualTo(2);
        assertThat(keys()).containsExactly("job.1", "mine");
        ProducerRecord<byte[], byte[]> first = kafka.history().get(0);
        assertThat(header(first, JobHeaders.PROMPTS)).isEqualTo("2");
        assertThat(header(first, JobHeaders.CONTENT)).isEqualTo(job.content()).hasSize(64);
        assertThat(header(first, JobHeaders.LINE)).isEqualTo("1");
        assertThat(header(first, JobHeaders.CUSTOM_ID)).isEqualTo("first one");
        assertThat(header(kafka.history().get(1), JobHeaders.LINE)).isEqualTo("3");
        assertThat(kafka.history().get(1).headers().lastHeader(JobHeaders.CUSTOM_ID))
                .isNull();
    }

    @Test
    void shouldBeCompletedByRunningItAgain() throws IOException {
        // Given
        PromptList list = list("\"a\"\n\"b\"\n\"c\"\n");
        BulkJob job = job(list);
        var asked = new AtomicInteger();

        // When
        boolean first = publication(job).run(list, () -> asked.incrementAndGet() > 2);
        List<String> before = keys();
        boolean second = publication(job(list)).run(list, NEVER);

        // Then
        assertThat(first).isFalse();
        assertThat(before).containsExactly("job.1", "job.2");
        assertThat(second).isTrue();
        assertThat(keys()).containsExactly("job.1", "job.2", "job.1", "job.2", "job.3");
    }

    @Test
    void shouldNoticeThatTheFileHasChanged() throws IOException {
        PromptList list = list("\"a\"\n\"b\"\n");
        BulkJob job = job(list);
        Files.writeString(list.file().path(), "\"a\"\n\"c\"\n");

        assertThatThrownBy(() -> publication(job).run(list, NEVER))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has changed while it was read");
    }

    @Test
    void shouldEndWithTheFirstPromptThatWasNotTaken() throws IOException {
        PromptList list = list("\"a\"\n\"b\"\n\"c\"\n");
        BulkJob job = job(list);
        var refusing =
                new MockProducer<byte[], byte[]>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        var publisher = new PromptPublisher(refusing, (topic, prompt) -> new byte[0], "prompts");
        var progress = new Progress(new PrintStream(System.err, true, UTF_8), Progress.Style.NONE, System::nanoTime);

        var publication = new BulkPublication(job, publisher, progress);

        assertThatThrownBy(() -> publication.run(list, () -> {
                    refusing.errorNext(new TimeoutException("away"));
                    return false;
                }))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("Not all prompts could be published to the topic prompts: away")
                .hasCauseInstanceOf(TimeoutException.class);
        assertThat(refusing.history()).hasSize(1);
    }
}
