package org.dallemini.ingest.streams;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.acl.AclOperation;
import org.dallemini.stage.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether this process may delete what it has worked off in the topics by which Kafka Streams sorts records anew.
 * They have no retention, and Kafka Streams does not say that it may not.
 */
final class PurgeRight {
    private static final Logger log = LoggerFactory.getLogger(PurgeRight.class);

    private PurgeRight() {}

    /** Warns of each topic that may not be purged. */
    static void check(Admin admin, String stage, List<String> topics) throws InterruptedException {
        var asking = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        for (var answer : admin.describeTopics(topics, asking).topicNameValues().entrySet()) {
            try {
                Set<AclOperation> rights = answer.getValue().get().authorizedOperations();
                if (rights != null && !rights.contains(AclOperation.DELETE)) {
                    log.warn(
                            "{} may not delete from {}: what it has worked off stays there, and the topic grows for"
                                    + " ever; grant Delete on it",
                            stage,
                            answer.getKey());
                }
            } catch (ExecutionException e) {
                log.warn(
                        "{} cannot see whether it may delete from {}: {}",
                        stage,
                        answer.getKey(),
                        Failures.describe(e));
            }
        }
    }
}
