package org.dallemini.ingest.streams;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The consumer group of an application.
 *
 * @param id the application's
 */
record StreamsGroup(Admin admin, String id) {
    /** @return false if the broker answers with one of these exceptions */
    @SafeVarargs
    static boolean await(KafkaFuture<Void> answer, Class<? extends Exception>... expected)
            throws InterruptedException, ExecutionException {
        try {
            answer.get();
            return true;
        } catch (ExecutionException e) {
            if (Stream.of(expected).anyMatch(type -> type.isInstance(e.getCause()))) {
                return false;
            }
            throw e;
        }
    }

    private ConsumerGroupDescription describe() throws InterruptedException, ExecutionException {
        Map<String, KafkaFuture<ConsumerGroupDescription>> answers =
                admin.describeConsumerGroups(Set.of(id)).describedGroups();
        return Objects.requireNonNull(answers.get(id)).get();
    }

    boolean isEmpty() throws InterruptedException, ExecutionException {
        try {
            GroupState state = describe().groupState();
            return state == GroupState.EMPTY || state == GroupState.DEAD;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return true;
            }
            throw e;
        }
    }

    /** The partitions whose offsets it has committed. */
    Set<TopicPartition> committed() throws InterruptedException, ExecutionException {
        return admin.listConsumerGroupOffsets(id)
                .partitionsToOffsetAndMetadata()
                .get()
                .keySet();
    }

    /** @return false if the group has members; one that has done the same and reads again is none to wait for */
    boolean deleteOffsets(Set<TopicPartition> partitions) throws InterruptedException, ExecutionException {
        try {
            return await(
                    admin.deleteConsumerGroupOffsets(id, partitions).all(),
                    GroupSubscribedToTopicException.class,
                    GroupNotEmptyException.class);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException
                    || e.getCause() instanceof UnknownTopicOrPartitionException) {
                return true;
            }
            throw e;
        }
    }

    void delete() throws InterruptedException, ExecutionException {
        await(admin.deleteConsumerGroups(Set.of(id)).all(), GroupIdNotFoundException.class);
    }

    /** Takes the members of one process out. */
    void remove(String instance) throws InterruptedException, ExecutionException {
        List<MemberToRemove> members = describe().members().stream()
                .flatMap(member -> member.groupInstanceId().stream())
                .filter(name -> name.startsWith(instance + "-"))
                .map(MemberToRemove::new)
                .toList();
        if (!members.isEmpty()) {
            admin.removeMembersFromConsumerGroup(id, new RemoveMembersFromConsumerGroupOptions(members))
                    .all()
                    .get();
        }
    }
}
