package org.dallemini.serde;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Where the registry is and who we are.
 *
 * @param urls without credentials and without a slash at the end
 * @param authorization value of the HTTP header, null for none
 */
record RegistryAddresses(List<String> urls, @Nullable String authorization) {

    static RegistryAddresses of(SerdeConfig config) {
        List<String> urls = new ArrayList<>();
        String userInfo = null;
        for (String url : config.getList(SerdeConfig.URL)) {
            URI uri = parse(url.strip());
            if (uri.getUserInfo() != null) {
                userInfo = uri.getUserInfo();
            }
            urls.add(withoutUserInfo(uri));
        }
        return new RegistryAddresses(List.copyOf(urls), authorization(config, userInfo));
    }

    private static URI parse(String url) {
        // No message here shows the address: it may hold a password.
        try {
            URI uri = new URI(url);
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (web && uri.getHost() != null && uri.getQuery() == null && uri.getFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // the same answer as for any other address that is none
        }
        throw new ConfigException(SerdeConfig.URL + " must be a list of addresses like http://host:8081");
    }

    private static String withoutUserInfo(URI uri) {
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return (uri.getScheme() + "://" + uri.getHost() + port + path).replaceAll("/+$", "");
    }

    private static @Nullable String authorization(SerdeConfig config, @Nullable String urlUserInfo) {
        String token = config.secret(SerdeConfig.BEARER_TOKEN);
        String userInfo = urlUserInfo;
        if (config.getString(SerdeConfig.BASIC_SOURCE).equals("USER_INFO")) {
            userInfo = config.secret(SerdeConfig.BASIC_USER_INFO);
            if (userInfo == null) {
                userInfo = config.secret(SerdeConfig.BASIC_USER_INFO_ALIAS);
            }
            if (userInfo == null) {
                throw new ConfigException(SerdeConfig.BASIC_SOURCE + "=USER_INFO needs " + SerdeConfig.BASIC_USER_INFO);
            }
        }
        if (token != null && userInfo != null) {
            throw new ConfigException("Set either " + SerdeConfig.BEARER_TOKEN + " or user and password, not both");
        }
        if (token != null) {
            return "Bearer " + token;
        }
        return userInfo == null
                ? null
                : "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
    }

    boolean anyOverTls() {
        return urls.stream().anyMatch(url -> url.regionMatches(true, 0, "https:", 0, 6));
    }

    @Override
    public String toString() {
        return String.join(",", urls);
    }
}
