package org.dallemini.embedded;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who may speak with an embedded broker. {@link #NONE} is for development; TLS with passwords is for tests of clients
 * that will meet such a broker. The controller's listener, which only the node itself uses, stays plain on loopback.
 *
 * @param listener the security protocol of the listener for clients, by Kafka's name
 * @param settings of the broker that belong to it
 * @param users user name to password, for SCRAM-SHA-512; added when the data directory is new
 */
public record BrokerSecurity(String listener, Map<String, String> settings, Map<String, String> users) {
    /** Everybody on this machine, without encryption. */
    public static final BrokerSecurity NONE = new BrokerSecurity("PLAINTEXT", Map.of(), Map.of());

    private static final String MECHANISM = "SCRAM-SHA-512";
    private static final String LOGIN_MODULE = "org.apache.kafka.common.security.scram.ScramLoginModule";
    private static final String NODE_USER = "embedded-node";

    public BrokerSecurity {
        settings = Map.copyOf(settings);
        users = Map.copyOf(users);
    }

    /**
     * A listener with TLS and SCRAM-SHA-512. Whoever has a password may do everything, unless {@code authorizer} says
     * otherwise.
     *
     * @param keyStore PKCS12 file with the broker's key and certificate
     * @param keyStorePassword of the file and of the key in it
     * @param users user name to password; neither may hold quotes, commas or brackets
     * @param nodePassword by which the node speaks with itself
     */
    public static BrokerSecurity saslSsl(
            Path keyStore, String keyStorePassword, Map<String, String> users, String nodePassword) {
        Map<String, String> all = new TreeMap<>(users);
        all.put(NODE_USER, nodePassword);
        return new BrokerSecurity(
                "SASL_SSL",
                Map.of(
                        "ssl.keystore.type",
                        "PKCS12",
                        "ssl.keystore.location",
                        keyStore.toString(),
                        "ssl.keystore.password",
                        keyStorePassword,
                        // The node is a client of its own listener.
                        "ssl.truststore.type",
                        "PKCS12",
                        "ssl.truststore.location",
                        keyStore.toString(),
                        "ssl.truststore.password",
                        keyStorePassword,
                        "sasl.enabled.mechanisms",
                        MECHANISM,
                        "sasl.mechanism.inter.broker.protocol",
                        MECHANISM,
                        "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config",
                        LOGIN_MODULE + " required username=\"" + NODE_USER + "\" password=\"" + nodePassword + "\";"),
                all);
    }

    /** The same, where only those rights hold that are granted; the node itself has all, and so have {@code admins}. */
    public BrokerSecurity withAccessLists(String... admins) {
        StringBuilder names = new StringBuilder("User:" + NODE_USER + ";User:ANONYMOUS");
        for (String admin : admins) {
            names.append(";User:").append(admin);
        }
        Map<String, String> more = new HashMap<>(settings);
        more.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        more.put("super.users", names.toString());
        return new BrokerSecurity(listener, more, users);
    }

    /** In the form that Kafka's formatter of data directories takes. */
    List<String> scramArguments() {
        return new TreeMap<>(users)
                .entrySet().stream()
                        .map(user -> MECHANISM + "=[name=" + user.getKey() + ",password=" + user.getValue() + "]")
                        .toList();
    }

    @Override
    public String toString() {
        return listener + " for " + users.keySet();
    }
}
