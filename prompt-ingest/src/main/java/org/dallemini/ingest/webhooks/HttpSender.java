package org.dallemini.ingest.webhooks;

import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.dallemini.prompt.InvalidWebhookException;
import org.dallemini.schemas.RetryAfter;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends by HTTP/1.1 without holding a thread for a request. It connects only to addresses that the policy allows: what
 * is looked at is what is connected to, so a name that resolves to something else a moment later changes nothing. It
 * follows no redirect, keeps no cookies, and reads only the beginning of an answer. Thread-safe.
 */
final class HttpSender implements Sender, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HttpSender.class);

    /** Requests that one receiver is sent at the same time, so that a slow one does not hold the others up. */
    static final int MAX_PER_RECEIVER = 4;

    private static final int MAX_IN_FLIGHT = 1024;
    private static final int MAX_THREADS = 8;
    private static final int MAX_ANSWER_BYTES = 16 << 10;
    private static final int MAX_HEADER_BYTES = 8 << 10;
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final HttpClient client;
    private final WebhookSettings settings;
    private final InstantSource clock;
    private final Map<String, Integer> inFlight = new ConcurrentHashMap<>();
    private final AtomicInteger all = new AtomicInteger();

    private HttpSender(HttpClient client, WebhookSettings settings, InstantSource clock) {
        this.client = client;
        this.settings = settings;
        this.clock = clock;
    }

    static HttpSender start(WebhookSettings settings, InstantSource clock) {
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 1);
        threads.setName(Webhooks.NAME);
        threads.setDaemon(true);
        var scheduler = new ScheduledExecutorScheduler(Webhooks.NAME + "-timer", true);
        HttpClient client = new HttpClient(new HttpClientTransportOverHTTP(1));
        client.setExecutor(threads);
        client.setScheduler(scheduler);
        long timeout = settings.timeout().toMillis();
        client.setConnectTimeout(timeout);
        client.setIdleTimeout(IDLE.toMillis());
        client.setDestinationIdleTimeout(IDLE.toMillis());
        client.setFollowRedirects(false);
        client.setMaxConnectionsPerDestination(MAX_PER_RECEIVER);
        client.setMaxResponseHeadersSize(MAX_HEADER_BYTES);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        client.setUserAgentField(new HttpField(HttpHeader.USER_AGENT, "dallemini-webhooks"));
        // Threads of their own, one for each request at most: a lookup that hangs cannot be interrupted.
        QueuedThreadPool lookups = new QueuedThreadPool(MAX_IN_FLIGHT, 1);
        lookups.setName(Webhooks.NAME + "-names");
        lookups.setDaemon(true);
        client.addBean(lookups);
        var names = new SocketAddressResolver.Async(lookups, scheduler, timeout);
        client.setSocketAddressResolver(
                (host, port, context, found) -> names.resolve(host, port, context, allowed(settings.policy(), found)));
        try {
            client.start();
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP client of the webhooks does not start", e);
        }
        client.getContentDecoderFactories().clear(); // a small answer may be large when it is unpacked
        return new HttpSender(client, settings, clock);
    }

    private static Promise<List<InetSocketAddress>> allowed(
            AddressPolicy policy, Promise<List<InetSocketAddress>> found) {
        return Promise.from(
                addresses -> {
                    List<InetSocketAddress> open = addresses.stream()
                            .filter(address -> address.getAddress() != null && policy.allows(address.getAddress()))
                            .toList();
                    if (open.isEmpty()) {
                        // Without the address: submitters must not learn how names resolve in this network.
                        found.failed(new ConnectException("its address is not public, and "
                                + WebhookSettings.PRIVATE_ADDRESSES + " does not allow others"));
                    } else {
                        found.succeeded(open);
                    }
                },
                found::failed);
    }

    @Override
    public boolean send(Delivery delivery, Consumer<DeliveryOutcome> done) {
        String origin = delivery.origin();
        if (all.incrementAndGet() > MAX_IN_FLIGHT) {
            all.decrementAndGet();
            return false;
        }
        if (inFlight.merge(origin, 1, Integer::sum) > MAX_PER_RECEIVER) {
            release(origin);
            return false;
        }
        Consumer<DeliveryOutcome> once = outcome -> {
            release(origin);
            done.accept(outcome);
        };
        try {
            settings.checkScheme(delivery.url());
            post(delivery, once);
        } catch (InvalidWebhookException | RuntimeException e) {
            once.accept(new DeliveryOutcome.Failed(String.valueOf(e.getMessage()), null));
        }
        return true;
    }

    private void release(String origin) {
        inFlight.computeIfPresent(origin, (name, count) -> count == 1 ? null : count - 1);
        all.decrementAndGet();
    }

    private void post(Delivery delivery, Consumer<DeliveryOutcome> done) {
        byte[] body = delivery.body().getBytes(StandardCharsets.UTF_8);
        Instant now = clock.instant();
        client.newRequest(delivery.url())
                .method(HttpMethod.POST)
                .headers(headers -> headers.add("webhook-id", delivery.id())
                        .add("webhook-timestamp", Long.toString(now.getEpochSecond()))
                        .add("webhook-signature", settings.keys().sign(delivery.id(), now, body)))
                .body(new BytesRequestContent("application/json", body))
                .timeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .send(new Answer(now, done));
    }

    /** Its status is what counts: once that is there, nothing that follows changes the outcome. */
    private static final class Answer implements Response.Listener {
        private final Instant now;
        private final Consumer<DeliveryOutcome> done;
        private @Nullable DeliveryOutcome outcome;
        private int bytes;

        Answer(Instant now, Consumer<DeliveryOutcome> done) {
            this.now = now;
            this.done = done;
        }

        @Override
        public void onHeaders(Response response) {
            outcome = outcome(response, now);
        }

        @Override
        public void onContent(Response response, ByteBuffer content) {
            bytes += content.remaining();
            if (bytes > MAX_ANSWER_BYTES) {
                response.abort(new IllegalStateException("The answer is longer than anybody reads"));
            }
        }

        @Override
        public void onComplete(Result result) {
            Throwable failure = result.getFailure();
            DeliveryOutcome known = outcome;
            if (known == null) {
                known = new DeliveryOutcome.Failed(failure == null ? "no answer" : describe(failure), null);
            }
            done.accept(known);
        }

        private static String describe(Throwable failure) {
            String message = failure.getMessage();
            return failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        }
    }

    private static DeliveryOutcome outcome(Response response, Instant now) {
        int status = response.getStatus();
        if (status >= 200 && status < 300) {
            return new DeliveryOutcome.Delivered();
        }
        if (status == 410) {
            return new DeliveryOutcome.Gone();
        }
        String why = "the receiver answers " + status
                + (status >= 300 && status < 400 ? ", redirects are not followed" : "");
        return new DeliveryOutcome.Failed(
                why, RetryAfter.parse(response.getHeaders().get(HttpHeader.RETRY_AFTER), now));
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception e) {
            log.warn("The HTTP client of the webhooks did not stop cleanly: {}", e.toString());
        }
    }
}
