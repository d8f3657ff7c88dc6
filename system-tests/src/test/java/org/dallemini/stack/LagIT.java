package org.dallemini.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.schemas.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The lag of all consumer groups, as a monitor sees it. */
class LagIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    @Timeout(400)
    void shouldShowNoLagInAnyGroupOnceAllImagesAreStored() throws Exception {
        try (Pipeline pipeline = Pipeline.start(folder, Map.of())) {
            // Given
            var requests = new ArrayList<PromptRequest>();
            for (int i = 0; i < 8; i++) {
                requests.add(PromptRequest.newBuilder()
                        .setId("lag-" + i)
                        .setText("a red circle on a blue background")
                        .setLane(i % 2 == 0 ? Lane.BULK : Lane.INTERACTIVE)
                        .setSeed(3L)
                        .build());
            }

            // When
            pipeline.publish(requests);
            pipeline.collect(
                    new Topics("").storedImages(),
                    StoredImage.class,
                    requests.stream().map(PromptRequest::getId).toList());

            // Then: on every partition of every group, and it stays so
            awaitNoLag(pipeline);
        }

        // When: all have stopped, each after its last transaction, and start again with nothing to do
        try (Pipeline pipeline = Pipeline.start(folder, Map.of())) {
            // Then
            awaitNoLag(pipeline);
        }
    }

    private static List<String> groups(Admin admin) throws Exception {
        return admin.listGroups().all().get().stream()
                .map(GroupListing::groupId)
                .toList();
    }

    private static void awaitNoLag(Pipeline pipeline) throws Exception {
        try (Admin admin = Admin.create(pipeline.config().admin())) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(lags(admin)).isEmpty());
            assertThat(groups(admin))
                    .contains("prompt-ingest", "job-tracker", "token-generator", "image-decoder", "storage-sink");
            await().during(Duration.ofSeconds(3)).atMost(PATIENCE).until(() -> lags(admin)
                    .isEmpty());
        }
    }

    /** Lag by group and partition, where there is any; of all partitions of the topics that a group reads. */
    private static Map<String, Long> lags(Admin admin) throws Exception {
        var lags = new TreeMap<String, Long>();
        for (String group : groups(admin)) {
            var committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            var topics = committed.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet());
            var wanted = new HashMap<TopicPartition, OffsetSpec>();
            admin.describeTopics(topics).allTopicNames().get().forEach((topic, description) -> description
                    .partitions()
                    .forEach(p -> wanted.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest())));
            admin.listOffsets(wanted).all().get().forEach((partition, end) -> {
                OffsetAndMetadata offset = committed.get(partition);
                long lag = end.offset() - (offset == null ? 0 : offset.offset());
                if (lag != 0) {
                    lags.put(group + " " + partition, lag);
                }
            });
        }
        return lags;
    }
}
