package org.dallemini.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class SharedQuestionTest {
    @Test
    void shouldAskOnceForAllWhoComeWhileOneIsBeingAsked() throws Exception {
        // Given: a question that is being asked
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch isAsked = new CountDownLatch(1);
        BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        SharedQuestion<String> question = new SharedQuestion<>(() -> {
            asked.incrementAndGet();
            isAsked.countDown();
            return answers.take();
        });
        FutureTask<String> first = new FutureTask<>(question::ask);
        new Thread(first, "first").start();
        isAsked.await();

        // When: others come, and the answer is what they must not be told any more
        List<FutureTask<String>> others = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            FutureTask<String> other = new FutureTask<>(question::ask);
            others.add(other);
            Thread thread = new Thread(other, "other-" + i);
            thread.start();
            Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
        }
        answers.add("old");
        answers.add("new");

        // Then
        assertThat(first.get()).isEqualTo("old");
        for (FutureTask<String> other : others) {
            assertThat(other.get()).isEqualTo("new");
        }
        assertThat(asked).hasValue(2);
    }

    @Test
    void shouldAskAgainAfterAFailure() throws Exception {
        // Given
        AtomicInteger asked = new AtomicInteger();
        SharedQuestion<Integer> question = new SharedQuestion<>(() -> {
            if (asked.incrementAndGet() == 1) {
                throw new IllegalStateException("away");
            }
            return asked.get();
        });

        // When, Then
        assertThatThrownBy(question::ask).isInstanceOf(ExecutionException.class).hasRootCauseMessage("away");
        assertThat(question.ask()).isEqualTo(2);
    }
}
