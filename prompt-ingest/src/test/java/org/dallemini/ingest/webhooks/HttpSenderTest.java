package org.dallemini.ingest.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSenderTest {

    private final HttpSender sender = sender(true, Duration.ofSeconds(5));

    private static HttpSender sender(boolean privateAllowed, Duration timeout) {
        return HttpSender.start(
                new WebhookSettings(SigningKeys.parse(Receiver.SECRET), new AddressPolicy(privateAllowed), timeout),
                InstantSource.system());
    }

    @AfterEach
    void stop() {
        sender.close();
    }

    private static Delivery delivery(String url) {
        return new Delivery("msg_1", "image.stored", "p/0", url, "{\"text\":\"ein Schloß\"}", 0, 0, 0);
    }

    private static DeliveryOutcome outcome(HttpSender sender, String url) throws Exception {
        CompletableFuture<DeliveryOutcome> outcome = new CompletableFuture<>();
        assertThat(sender.send(delivery(url), outcome::complete)).isTrue();
        return outcome.get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 299})
    void shouldDeliverWhatTheReceiverVerifies(int status) throws Exception {
        try (Receiver receiver = Receiver.start(0, status)) {
            assertThat(outcome(sender, receiver.url("/hook?a=b"))).isEqualTo(new DeliveryOutcome.Delivered());
            assertThat(receiver.messages())
                    .containsExactly(new Receiver.Message("msg_1", "/hook", "{\"text\":\"ein Schloß\"}"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 429, 500, 503})
    void shouldFailWhereTheReceiverDoesNotTakeIt(int status) throws Exception {
        try (Receiver receiver = Receiver.start(0, status)) {
            assertThat(outcome(sender, receiver.url("/")))
                    .isEqualTo(new DeliveryOutcome.Failed("the receiver answers " + status, null));
        }
    }

    @Test
    void shouldEndWhereTheReceiverIsGone() throws Exception {
        try (Receiver receiver = Receiver.start(0, 410)) {
            assertThat(outcome(sender, receiver.url("/"))).isEqualTo(new DeliveryOutcome.Gone());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void shouldFollowNoRedirect(int status) throws Exception {
        try (Receiver other = Receiver.start(0, 200);
                Receiver receiver = Receiver.start(0, (response, callback) -> {
                    response.setStatus(status);
                    response.getHeaders().put(HttpHeader.LOCATION, other.url("/"));
                    return true;
                })) {
            assertThat(outcome(sender, receiver.url("/")))
                    .isInstanceOfSatisfying(DeliveryOutcome.Failed.class, failed -> assertThat(failed.why())
                            .contains(status + ", redirects are not followed"));
            assertThat(other.messages()).isEmpty();
        }
    }

    @Test
    void shouldPassOnWhatTheReceiverAsksFor() throws Exception {
        try (Receiver receiver = Receiver.start(0, (response, callback) -> {
            response.setStatus(429);
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "120");
            return true;
        })) {
            assertThat(outcome(sender, receiver.url("/")))
                    .isEqualTo(new DeliveryOutcome.Failed("the receiver answers 429", Duration.ofMinutes(2)));
        }
    }

    @Test
    void shouldNotReadALongAnswerToItsEnd() throws Exception {
        CompletableFuture<Throwable> cutOff = new CompletableFuture<>();
        try (Receiver receiver = Receiver.start(0, (response, callback) -> {
            response.setStatus(200);
            org.eclipse.jetty.util.Callback forEver = new org.eclipse.jetty.util.Callback() {
                @Override
                public void succeeded() {
                    response.write(false, ByteBuffer.allocate(8192), this);
                }

                @Override
                public void failed(Throwable e) {
                    cutOff.complete(e);
                    callback.failed(e);
                }
            };
            forEver.succeeded();
            return false;
        })) {
            assertThat(outcome(sender, receiver.url("/"))).isEqualTo(new DeliveryOutcome.Delivered());
            assertThat(cutOff.get(20, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void shouldNotWaitForEver() throws Exception {
        try (HttpSender hasty = sender(true, Duration.ofMillis(500));
                Receiver receiver = Receiver.start(0, (response, callback) -> false)) {
            assertThat(outcome(hasty, receiver.url("/")))
                    .isInstanceOfSatisfying(DeliveryOutcome.Failed.class, failed -> assertThat(failed.why())
                            .contains("Timeout"));
        }
    }

    @Test
    void shouldFailWhereNobodyListens() throws Exception {
        int port;
        try (Receiver receiver = Receiver.start(0, 200)) {
            port = receiver.port();
        }
        assertThat(outcome(sender, "http://127.0.0.1:" + port + "/")).isInstanceOf(DeliveryOutcome.Failed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "169.254.169.254"})
    void shouldNotConnectToAddressesThatAreNotPublic(String host) throws Exception {
        try (HttpSender careful = sender(false, Duration.ofSeconds(5));
                Receiver receiver = Receiver.start(0, 200)) {
            assertThat(outcome(careful, "https://" + host + ":" + receiver.port() + "/"))
                    .isInstanceOfSatisfying(DeliveryOutcome.Failed.class, failed -> assertThat(failed.why())
                            .contains("not public, and webhook.private.addresses"));
            assertThat(receiver.messages()).isEmpty();
        }
    }

    @Test
    void shouldNotSendInTheClear() throws Exception {
        try (HttpSender careful = sender(false, Duration.ofSeconds(5))) {
            assertThat(outcome(careful, "http://example.com/"))
                    .isInstanceOfSatisfying(DeliveryOutcome.Failed.class, failed -> assertThat(failed.why())
                            .contains("https://"));
        }
    }

    @Test
    void shouldHaveRoomForOthersWhereAReceiverIsSlow() throws Exception {
        try (Receiver slow = Receiver.start(0, (response, callback) -> false);
                Receiver quick = Receiver.start(0, 200)) {
            // Given
            for (int i = 0; i < HttpSender.MAX_PER_RECEIVER; i++) {
                assertThat(sender.send(delivery(slow.url("/" + i)), outcome -> {}))
                        .isTrue();
            }

            // When, Then
            assertThat(sender.send(delivery(slow.url("/more")), outcome -> {})).isFalse();
            assertThat(outcome(sender, quick.url("/"))).isEqualTo(new DeliveryOutcome.Delivered());
        }
    }

    @Test
    void shouldHaveRoomAgainAfterEachAttempt() throws Exception {
        try (Receiver receiver = Receiver.start(0, 500)) {
            for (int i = 0; i < 3 * HttpSender.MAX_PER_RECEIVER; i++) {
                assertThat(outcome(sender, receiver.url("/"))).isInstanceOf(DeliveryOutcome.Failed.class);
            }
        }
    }
}
