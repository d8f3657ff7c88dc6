package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.embedded.BrokerSecurity;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.EmbeddedObjectStore;
import org.dallemini.embedded.ServerKey;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.embedded.registry.RegistrySecurity;
import org.dallemini.serde.SchemaRegistryClient;
import org.dallemini.stage.config.ConfigSources;
import org.dallemini.stage.config.StageConfig;

/**
 * A broker with TLS, SCRAM-SHA-512 and access lists, a registry behind HTTPS with a password and an S3 server behind
 * HTTPS, with a certificate made for the occasion; and the settings of docs/security.md for them.
 */
final class SecuredServers implements AutoCloseable {
    /** In every password, so that it can be looked for in everything that is printed or logged. */
    static final String MARK = "Zx9Secret";

    static final String PREFIX = "pipeline.";

    /** Another tenant, with the same rights to topics, groups and transactional ids that begin with its own name. */
    static final String OTHER = "other";

    static final String S3_SECRET = MARK + "OfTheStore";
    private static final String KAFKA_PASSWORD = MARK + "OfKafka";
    private static final String OTHER_PASSWORD = MARK + "OfTheOther";
    private static final String ADMIN_PASSWORD = MARK + "OfTheAdmin";
    private static final String REGISTRY_PASSWORD = MARK + "OfTheRegistry";
    private static final String STORE_PASSWORD = MARK + "OfTheKeys";

    final Path folder;
    final EmbeddedKafka kafka;
    final EmbeddedSchemaRegistry registry;
    final EmbeddedObjectStore objects;

    private SecuredServers(
            Path folder, EmbeddedKafka kafka, EmbeddedSchemaRegistry registry, EmbeddedObjectStore objects) {
        this.folder = folder;
        this.kafka = kafka;
        this.registry = registry;
        this.objects = objects;
    }

    static SecuredServers start(Path folder) throws Exception {
        Path keys = keyStore(folder.resolve("server.p12"), "CN=server");
        Files.createDirectories(folder.resolve("etc"));
        Certificate own = certificate(keys);
        Files.writeString(folder.resolve("etc/ca.pem"), pem(own));
        trustStore(folder.resolve("etc/trust.p12"), own);
        Path secrets = Files.createDirectories(folder.resolve("etc/secrets"));
        Files.writeString(secrets.resolve("kafka"), KAFKA_PASSWORD);
        Files.writeString(secrets.resolve("kafka-admin"), ADMIN_PASSWORD);
        Files.writeString(secrets.resolve("kafka-other"), OTHER_PASSWORD);
        Files.writeString(
                folder.resolve("etc/registry.properties"),
                "user.info=pipeline:" + REGISTRY_PASSWORD + "\ntruststore.password=" + STORE_PASSWORD + "\n");
        var security = BrokerSecurity.saslSsl(
                        keys,
                        STORE_PASSWORD,
                        Map.of("pipeline", KAFKA_PASSWORD, OTHER, OTHER_PASSWORD, "admin", ADMIN_PASSWORD),
                        MARK + "OfTheNode")
                .withAccessLists("admin");
        EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0, security, Map.of());
        Map<String, Object> admin = adminClient(kafka, folder);
        grant(admin);
        var key = new ServerKey(keys, STORE_PASSWORD);
        EmbeddedSchemaRegistry registry =
                EmbeddedSchemaRegistry.start(admin, 0, new RegistrySecurity(key, "pipeline", REGISTRY_PASSWORD));
        EmbeddedObjectStore objects =
                EmbeddedObjectStore.start(folder.resolve("objects"), 0, "pipeline", S3_SECRET, key);
        return new SecuredServers(folder, kafka, registry, objects);
    }

    /** With the JDK's own tool: the JDK has no public class that makes certificates. */
    private static Path keyStore(Path keys, String name) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-alias", "server", "-keyalg", "EC", "-groupname", "secp256r1"));
        command.addAll(List.of("-dname", name, "-ext", "san=ip:127.0.0.1", "-validity", "2"));
        command.addAll(List.of("-storetype", "PKCS12", "-keystore", keys.toString(), "-storepass", STORE_PASSWORD));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new ByteArrayOutputStream();
        keytool.getInputStream().transferTo(output);
        assertThat(keytool.waitFor())
                .describedAs(output.toString(StandardCharsets.UTF_8))
                .isZero();
        return keys;
    }

    private static Certificate certificate(Path keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(keys)) {
            store.load(file, STORE_PASSWORD.toCharArray());
        }
        return store.getCertificate("server");
    }

    private static String pem(Certificate certificate) throws Exception {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    private static void trustStore(Path place, Certificate certificate) throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("ca", certificate);
        try (OutputStream file = Files.newOutputStream(place)) {
            trust.store(file, STORE_PASSWORD.toCharArray());
        }
    }

    String registryUrlWithPassword() {
        return registry.url().replace("://", "://pipeline:" + REGISTRY_PASSWORD + "@");
    }

    /** A certificate in PEM that has nothing to do with these servers. */
    Path stranger() throws Exception {
        Path stranger = folder.resolve("etc/stranger.pem");
        if (!Files.exists(stranger)) {
            Files.writeString(stranger, pem(certificate(keyStore(folder.resolve("stranger.p12"), "CN=stranger"))));
        }
        return stranger;
    }

    /** A record whose schema has to be asked for, and that is no record of it. */
    void publish(String topic) throws Exception {
        var config = new StageConfig(
                StageConfig.definition(),
                new ConfigSources().file(settings("publisher.properties")).values());
        int id = new SchemaRegistryClient(config.serde())
                .latest(PREFIX + topic + "-value")
                .id();
        byte[] value = ByteBuffer.allocate(6).put((byte) 0).putInt(id).array();
        try (var producer = new KafkaProducer<>(config.producer(), new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(PREFIX + topic, "key", value)).get();
        }
    }

    private static Map<String, Object> adminClient(EmbeddedKafka kafka, Path folder) {
        return client(kafka, folder, "admin", ADMIN_PASSWORD);
    }

    /** Settings of a Kafka client of the other tenant. */
    Map<String, Object> clientOfOther() {
        return client(kafka, folder, OTHER, OTHER_PASSWORD);
    }

    private static Map<String, Object> client(EmbeddedKafka kafka, Path folder, String user, String password) {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", kafka.bootstrapServers());
        settings.put("security.protocol", "SASL_SSL");
        settings.put("ssl.truststore.type", "PEM");
        settings.put("ssl.truststore.location", folder.resolve("etc/ca.pem").toString());
        settings.put("sasl.mechanism", "SCRAM-SHA-512");
        settings.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                        + password + "\";");
        return settings;
    }

    /** The table of rights in docs/security.md, to each tenant. */
    private static void grant(Map<String, Object> admin) throws Exception {
        var bindings = new ArrayList<AclBinding>();
        Matcher row = Pattern.compile("(?m)^\\| (topics|consumer groups|transactional ids) \\| ([A-Za-z, ]+) \\|")
                .matcher(documentation());
        while (row.find()) {
            ResourceType type =
                    switch (row.group(1)) {
                        case "topics" -> ResourceType.TOPIC;
                        case "consumer groups" -> ResourceType.GROUP;
                        default -> ResourceType.TRANSACTIONAL_ID;
                    };
            for (String operation : row.group(2).split(", ")) {
                String name = operation.equals("DescribeConfigs") ? "Describe_Configs" : operation;
                for (String tenant : new String[] {"pipeline", OTHER}) {
                    bindings.add(new AclBinding(
                            new ResourcePattern(type, tenant + ".", PatternType.PREFIXED),
                            new AccessControlEntry(
                                    "User:" + tenant, "*", AclOperation.fromString(name), AclPermissionType.ALLOW)));
                }
            }
        }
        assertThat(bindings).describedAs("rights in docs/security.md").hasSizeGreaterThan(5);
        try (Admin client = Admin.create(admin)) {
            client.createAcls(bindings).all().get();
        }
    }

    /**
     * The examples of docs/security.md, with the addresses and folders of these servers.
     *
     * @param more settings that come after them, and go before them
     */
    Path settings(String name, String... more) throws Exception {
        var text = new StringBuilder();
        for (String example : new String[] {"kafka", "registry", "s3", "secrets"}) {
            text.append(example(example)).append('\n');
        }
        text.append("topic.prefix=" + PREFIX + "\ntopic.partitions=2\n");
        text.append(String.join("\n", more)).append('\n');
        String here = text.toString()
                .replace("kafka:9093", kafka.bootstrapServers())
                .replace("https://registry:8081", registry.url())
                .replace("https://s3:9000", objects.endpoint())
                .replace("/etc/dallemini", folder.resolve("etc").toString());
        return Files.writeString(folder.resolve(name), here);
    }

    /**
     * The same for the other tenant.
     *
     * @param prefix of the topics
     */
    Path settingsOfOther(String name, String prefix) throws Exception {
        return settings(
                name,
                "kafka.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
                        + OTHER + "\" password=\"${dir:/etc/dallemini/secrets:kafka-other}\";",
                "topic.prefix=" + prefix);
    }

    private static String example(String name) throws Exception {
        Matcher block = Pattern.compile("<!-- example: " + name + " -->\\n```properties\\n(.*?)```", Pattern.DOTALL)
                .matcher(documentation());
        assertThat(block.find()).describedAs("an example called %s", name).isTrue();
        return block.group(1);
    }

    private static String documentation() throws Exception {
        return Files.readString(InProcess.ROOT.resolve("docs/security.md"));
    }

    @Override
    public void close() {
        objects.close();
        registry.close();
        kafka.close();
    }
}
