package org.dallemini.model.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final Turns turns = new Turns();

    @Test
    void shouldLetOneComputeAtATime() {
        // Given
        AtomicInteger computing = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Runnable computation = () -> {
            for (int i = 0; i < 1000; i++) {
                try (Turns.Turn turn = turns.take()) {
                    most.accumulateAndGet(computing.incrementAndGet(), Math::max);
                    computing.decrementAndGet();
                }
            }
        };

        // When
        CompletableFuture.allOf(CompletableFuture.runAsync(computation), CompletableFuture.runAsync(computation))
                .join();

        // Then
        assertThat(most).hasValue(1);
    }

    @Test
    void shouldGiveTurnsInTheOrderInWhichTheyWereAskedFor() {
        // Given
        List<Integer> given = new ArrayList<>();
        List<Thread> waiting = new ArrayList<>();
        try (Turns.Turn first = turns.take()) {
            for (int i = 0; i < 5; i++) {
                int number = i;
                Thread thread = new Thread(() -> {
                    try (Turns.Turn turn = turns.take()) {
                        given.add(number);
                    }
                });
                thread.start();
                await().until(() -> thread.getState() == Thread.State.WAITING);
                waiting.add(thread);
            }

            // When: the first turn ends
        }

        // Then
        await().until(() -> waiting.stream().noneMatch(Thread::isAlive));
        assertThat(given).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void shouldTakeNoTurnsOnAGraphicsProcessor() {
        // When
        Turns ofGraphicsProcessor = new Sessions(new SessionSettings("cuda:0", 1, false), turns).turns();
        Turns ofProcessor = new Sessions(new SessionSettings(1, false), turns).turns();

        // Then
        assertThat(ofGraphicsProcessor).isNotSameAs(turns);
        assertThat(ofProcessor).isSameAs(turns);
    }
}
