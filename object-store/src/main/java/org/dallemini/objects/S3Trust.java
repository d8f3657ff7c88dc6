package org.dallemini.objects;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.dallemini.stage.Failures;
import org.jspecify.annotations.Nullable;

/** Reads the settings {@code s3.ssl.truststore.*} as Kafka's clients read theirs: JKS, PKCS12 and PEM. */
final class S3Trust {
    private static final Map<String, String> KAFKAS_NAMES = Map.of(
            S3Config.TRUSTSTORE_LOCATION, SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG,
            S3Config.TRUSTSTORE_TYPE, SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG,
            S3Config.TRUSTSTORE_PASSWORD, SslConfigs.SSL_TRUSTSTORE_PASSWORD_CONFIG,
            S3Config.TRUSTSTORE_CERTIFICATES, SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG);

    private S3Trust() {}

    /**
     * Null where nothing is set: then the JVM's own certificates are trusted.
     *
     * @throws ConfigException if the certificates cannot be read
     */
    static @Nullable X509TrustManager read(AbstractConfig config) {
        if (config.getString(S3Config.TRUSTSTORE_LOCATION) == null
                && config.getPassword(S3Config.TRUSTSTORE_CERTIFICATES) == null) {
            return null;
        }
        Map<String, Object> settings = new HashMap<>();
        KAFKAS_NAMES.forEach((ours, kafkas) -> {
            if (config.values().get(ours) != null) {
                settings.put(kafkas, config.values().get(ours));
            }
        });
        AbstractConfig tls = new AbstractConfig(new ConfigDef().withClientSslSupport(), settings, false);
        try (DefaultSslEngineFactory reader = new DefaultSslEngineFactory()) {
            reader.configure(tls.values());
            return trustManager(reader.truststore());
        } catch (KafkaException | GeneralSecurityException e) {
            throw new ConfigException("s3.ssl.truststore.*: " + Failures.describe(e));
        }
    }

    private static X509TrustManager trustManager(KeyStore trusted) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new GeneralSecurityException("the JVM has no trust manager for X.509 certificates");
    }
}
