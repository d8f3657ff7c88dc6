package org.dallemini.serde;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/** JSON over HTTP to any one of the registry's addresses; repeats calls that fail for reasons that may pass. */
final class RegistryHttp {
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Longer than any schema, and little enough to hold. */
    private static final int MAX_ANSWER_BYTES = 8 << 20;

    private final RegistryAddresses addresses;
    private final HttpClient http;
    private final Duration readTimeout;
    private final int retries;
    private final Duration firstWait;
    private final Duration longestWait;

    /** The address that worked last; others are tried from there on. */
    private volatile int current;

    RegistryHttp(SerdeConfig config) {
        addresses = RegistryAddresses.of(config);
        readTimeout = config.duration(SerdeConfig.READ_TIMEOUT_MS);
        retries = config.getInt(SerdeConfig.MAX_RETRIES);
        firstWait = config.duration(SerdeConfig.RETRY_WAIT_MS);
        longestWait = config.duration(SerdeConfig.RETRY_MAX_WAIT_MS);
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(config.duration(SerdeConfig.CONNECT_TIMEOUT_MS));
        if (addresses.anyOverTls()) {
            builder.sslContext(sslContext(config));
        }
        http = builder.build();
    }

    /** Kafka's own reading of its {@code ssl.*} settings: JKS, PKCS12 and PEM stores, the JVM's trust by default. */
    private static SSLContext sslContext(SerdeConfig config) {
        AbstractConfig tls = new AbstractConfig(
                new ConfigDef().withClientSslSupport(), config.originalsWithPrefix(SerdeConfig.TLS_PREFIX), false);
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(tls.values());
            return factory.sslContext();
        } catch (KafkaException e) {
            throw new ConfigException(SerdeConfig.TLS_PREFIX + "ssl.*: " + e.getMessage()
                    + (e.getCause() == null ? "" : ": " + e.getCause().getMessage()));
        }
    }

    JsonNode get(String path) {
        return call("GET", path, null);
    }

    JsonNode post(String path, JsonNode body) {
        return call("POST", path, body);
    }

    JsonNode put(String path, JsonNode body) {
        return call("PUT", path, body);
    }

    /**
     * @throws RegistryUnavailableException if no address gave a usable answer
     * @throws RegistryException if the registry refused the call
     */
    private JsonNode call(String method, String path, @Nullable JsonNode body) {
        Duration wait = firstWait;
        for (int round = 0; ; round++) {
            try {
                return tryEveryAddress(method, path, body);
            } catch (RegistryUnavailableException e) {
                if (round == retries || e.status() == 401 || e.status() == 403) {
                    throw e;
                }
            }
            pause(wait);
            wait = wait.multipliedBy(2).compareTo(longestWait) < 0 ? wait.multipliedBy(2) : longestWait;
        }
    }

    private JsonNode tryEveryAddress(String method, String path, @Nullable JsonNode body) {
        RegistryUnavailableException last = null;
        int start = current;
        for (int i = 0; i < addresses.urls().size(); i++) {
            int index = (start + i) % addresses.urls().size();
            try {
                JsonNode answer = send(method, addresses.urls().get(index), path, body);
                current = index;
                return answer;
            } catch (RegistryUnavailableException e) {
                last = e;
            }
        }
        throw Objects.requireNonNull(last); // there is at least one address
    }

    private JsonNode send(String method, String url, String path, @Nullable JsonNode body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(readTimeout)
                .header("Accept", MEDIA_TYPE + ", application/json")
                .header("Content-Type", MEDIA_TYPE)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()));
        if (addresses.authorization() != null) {
            request.header("Authorization", addresses.authorization());
        }
        String what = method + " " + url + path;
        try {
            HttpResponse<byte[]> response = answer(request.build());
            int status = response.statusCode();
            if (status / 100 == 2) {
                return JSON.readTree(response.body());
            }
            throw refusal(what, status, parseLeniently(response.body()));
        } catch (SSLException e) {
            throw new RegistryUnavailableException(
                    0,
                    what + " failed: " + e + ". Check the registry's certificate and " + SerdeConfig.TLS_PREFIX
                            + "ssl.truststore.*.",
                    e);
        } catch (IOException e) {
            throw new RegistryUnavailableException(
                    0, what + " failed: " + e + ". Check " + SerdeConfig.URL + " and that the registry is up.", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Within the time for all of it: the client's own timeout ends with the headers, however slowly the body drips. */
    private HttpResponse<byte[]> answer(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request, info -> new BoundedBody(MAX_ANSWER_BYTES));
        try {
            return answer.get(readTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no whole answer within " + readTimeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private static RegistryException refusal(String what, int status, JsonNode answer) {
        int code = answer.path("error_code").asInt(status);
        String message = what + " was answered with " + status + (code == status ? "" : ", error code " + code) + ": "
                + answer.path("message").asText("no message");
        boolean mayPass = status >= 500 || status == 408 || status == 429 || status == 401 || status == 403;
        return mayPass
                ? new RegistryUnavailableException(status, message, null)
                : new RegistryException(status, code, message, null);
    }

    private static JsonNode parseLeniently(byte[] body) {
        try {
            JsonNode answer = JSON.readTree(body);
            return answer == null ? MissingNode.getInstance() : answer;
        } catch (IOException e) {
            return MissingNode.getInstance(); // an error page of a proxy: the status says enough
        }
    }

    private static void pause(Duration wait) {
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
