package org.dallemini.stage.tracing;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * Where spans go, and how many.
 *
 * @param endpoint with its path
 * @param headers of the requests
 */
record OtlpSettings(String endpoint, Map<String, String> headers, double samplingRatio) {
    private static final String PATH = "/v1/traces";

    static OtlpSettings of(AbstractConfig config) {
        return new OtlpSettings(
                endpoint(config.getString(Tracing.ENDPOINT)),
                headers(config.getPassword(Tracing.HEADERS).value()),
                config.getDouble(Tracing.SAMPLING_RATIO));
    }

    private static String endpoint(String address) {
        URI uri = URI.create(address);
        String path = uri.getRawPath();
        return path.isEmpty() || path.equals("/") ? uri.resolve(PATH).toString() : address;
    }

    private static Map<String, String> headers(String list) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (list.isBlank()) {
            return headers;
        }
        for (String each : list.split(",", -1)) {
            int equals = each.indexOf('=');
            String name = equals < 0 ? "" : each.substring(0, equals).strip();
            String value = each.substring(equals + 1).strip();
            if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+") || !value.matches("[\\t -~]*")) {
                // Not shown: it may be a password.
                throw new ConfigException(Tracing.HEADERS + ": write name=value, several separated by commas");
            }
            headers.put(name, value);
        }
        return headers;
    }

    static void checkEndpoint(String name, @Nullable Object value) {
        String address = String.valueOf(value);
        if (!address.isEmpty() && !address.matches("https?://[^/?#\\s]+(/[^?#\\s]*)?")) {
            throw new ConfigException(name, value, "write it as http://host:4318 or https://host/path");
        }
        try {
            URI.create(address);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name, value, "is no address: " + e.getMessage());
        }
    }

    static void checkHeaders(String name, @Nullable Object value) {
        if (value instanceof Password password) {
            headers(password.value());
        }
    }
}
