package org.dallemini.stage.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.dallemini.stage.config.StageConfig;
import org.junit.jupiter.api.Test;

class TopicPlanTest {

    @Test
    void shouldPlanReplicasAndHowManyMustBeInSyncForAllTopics() {
        assertThat(plan(Map.of("topic.replication", "3", "topic.min.insync.replicas", "2"))
                        .topics())
                .hasSize(20)
                .allSatisfy(topic -> {
                    assertThat(topic.replication()).isEqualTo((short) 3);
                    assertThat(topic.configs()).containsEntry("min.insync.replicas", "2");
                });
    }

    @Test
    void shouldLeaveToTheBrokersWhatIsNotSet() {
        assertThat(plan(Map.of()).topics()).allSatisfy(topic -> {
            assertThat(topic.replication()).isEqualTo((short) -1);
            assertThat(topic.configs()).doesNotContainKey("min.insync.replicas");
        });
    }

    private static TopicPlan plan(Map<String, String> settings) {
        return TopicPlan.of(new StageConfig(StageConfig.definition(), settings));
    }
}
