package org.dallemini.ingest.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.dallemini.ingest.jobs.JobCounts.Count;
import org.dallemini.ingest.streams.JsonSerde;
import org.dallemini.prompt.EventType;
import org.dallemini.prompt.Webhook;
import org.junit.jupiter.api.Test;

/** As internal topics and stores hold them since the first version. */
class JobRecordsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SUBMISSION = "\"promptsExpected\":3,\"content\":\"c\",\"labels\":{\"a\":\"b\"},"
            + "\"submittedAt\":5,\"bulk\":true,\"webhook\":{\"url\":\"https://example.org/\",\"events\":[\"JOB_FAILED\"]}";
    private static final JobSubmission SUBMITTED = new JobSubmission(
            3, "c", Map.of("a", "b"), 5, true, new Webhook("https://example.org/", Set.of(EventType.JOB_FAILED)));

    @Test
    void shouldKeepTheFormOfAnUpdate() throws IOException {
        String json =
                "{\"promptId\":\"p\",\"prompt\":{\"images\":2,\"reached\":\"NONE\",\"replayed\":0,\"millijoules\":0,\"co2eMicrograms\":0},"
                        + "\"imageId\":\"p/0\",\"image\":{\"images\":0,\"reached\":\"DRAWN\",\"replayed\":1,"
                        + "\"millijoules\":1500,\"co2eMicrograms\":200}," + SUBMISSION + ",\"certain\":true}";
        ItemProgress image = ItemProgress.image(PipelineStep.DRAWN, 1).taking(1.5, 2e-4);

        expect(JobUpdate.class, json, new JobUpdate("p", ItemProgress.prompt(2), "p/0", image, SUBMITTED, null, true));
    }

    @Test
    void shouldKeepTheFormOfAnAggregate() throws IOException {
        String json = "{\"counts\":{\"prompts\":1,\"refused\":0,\"requested\":2,\"drawn\":1,\"decoded\":0,\"stored\":0,"
                + "\"failed\":0,\"canceled\":0,\"millijoules\":0,\"co2eMicrograms\":0}," + SUBMISSION
                + ",\"updatedAt\":7,\"failures\":[],\"cancelRequestedAt\":6}";
        JobCounts counts = new JobCounts(Map.of(Count.PROMPTS, 1L, Count.REQUESTED, 2L, Count.DRAWN, 1L));

        expect(JobAggregate.class, json, new JobAggregate(counts, SUBMITTED, 7, List.of(), 6L, null, null));
    }

    @Test
    void shouldReadWhatEarlierVersionsWrote() throws IOException {
        String json = "{\"promptId\":\"p\",\"prompt\":{\"images\":2,\"reached\":\"NONE\",\"replayed\":0},"
                + "\"imageId\":null,\"image\":{\"images\":0,\"reached\":\"NONE\",\"replayed\":0}," + SUBMISSION
                + ",\"certain\":true}";
        try (Serde<JobUpdate> serde = JsonSerde.of(JobUpdate.class)) {
            assertThat(serde.deserializer().deserialize("topic", json.getBytes(UTF_8)))
                    .isEqualTo(new JobUpdate(
                            "p", ItemProgress.prompt(2), null, ItemProgress.UNKNOWN, SUBMITTED, null, true));
        }
        try (Serde<JobCounts> serde = JsonSerde.of(JobCounts.class)) {
            assertThat(serde.deserializer().deserialize("topic", "{\"prompts\":1}".getBytes(UTF_8)))
                    .isEqualTo(new JobCounts(Map.of(Count.PROMPTS, 1L)));
        }
    }

    private static <T> void expect(Class<T> type, String json, T value) throws IOException {
        try (Serde<T> serde = JsonSerde.of(type)) {
            JsonNode written = JSON.readTree(serde.serializer().serialize("topic", value));

            assertThat(written).isEqualTo(JSON.readTree(json));
            assertThat(serde.deserializer().deserialize("topic", json.getBytes(UTF_8)))
                    .isEqualTo(value);
        }
    }
}
