package org.dallemini.stage.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.dallemini.stage.config.ConfigSources.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigSourcesTest {
    private static final String NAME = StageConfig.DRAIN_TIMEOUT_MS;

    @TempDir
    Path dir;

    @Test
    void shouldPreferFlagToPropertyToEnvironmentToFileToDefault() throws IOException {
        // Given
        Path file = Files.writeString(dir.resolve("stage.properties"), NAME + "=1\n");
        var sources = new ConfigSources();
        assertThat(sources.origin(NAME)).isEqualTo("default");
        assertThat(drainTimeout(sources)).isEqualTo(25_000);

        // When / Then: from the weakest to the strongest
        sources.file(file);
        assertThat(drainTimeout(sources)).isEqualTo(1);
        assertThat(sources.origin(NAME)).isEqualTo(file.toString());

        sources.environment(Map.of("DALLEMINI_DRAIN_TIMEOUT_MS", "2", "HOME", "/"));
        assertThat(drainTimeout(sources)).isEqualTo(2);
        assertThat(sources.origin(NAME)).isEqualTo("DALLEMINI_DRAIN_TIMEOUT_MS");

        sources.commandProperty(NAME + "=3");
        assertThat(drainTimeout(sources)).isEqualTo(3);
        assertThat(sources.origin(NAME)).isEqualTo("--command-property");

        sources.flag("--drain-timeout", NAME, "4");
        assertThat(drainTimeout(sources)).isEqualTo(4);
        assertThat(sources.origin(NAME)).isEqualTo("--drain-timeout");
    }

    @Test
    void shouldExplainAMessageByWhoGaveTheSettings() throws IOException {
        // Given
        Path file = Files.writeString(dir.resolve("stage.properties"), "topic.prefix=a b\nmodel=x\napi.port=80\n");
        var sources = new ConfigSources()
                .file(file)
                .environment(Map.of("DALLEMINI_GROUP_ID", "g"))
                .commandProperty("drain.timeout.ms=-5")
                .flag("--bootstrap-server", StageConfig.BOOTSTRAP_SERVERS, "b:9092")
                .flagFor("embedded.kafka.port", "--kafka-port");

        // When, Then
        assertThat(sources.explain("No name in bootstrap.servers can be resolved"))
                .isEqualTo("No name in --bootstrap-server can be resolved");
        assertThat(sources.explain(
                        "Invalid value a b for configuration topic.prefix: use letters. topic.prefix is short"))
                .isEqualTo("Invalid value a b for configuration topic.prefix (from " + file
                        + "): use letters. topic.prefix is short");
        assertThat(sources.explain("group.id and drain.timeout.ms"))
                .isEqualTo("group.id (from DALLEMINI_GROUP_ID) and drain.timeout.ms (from --command-property)");
        assertThat(sources.explain("stop it or set embedded.kafka.port to a free port (0 takes any)"))
                .isEqualTo("stop it or set --kafka-port to a free port (0 takes any)");
        assertThat(sources.explain("api.port=-1 switches it off, api.port is 80"))
                .describedAs("advice stays as it is")
                .isEqualTo("api.port=-1 switches it off, api.port (from " + file + ") is 80");
        assertThat(sources.explain("The model is missing; Invalid value x for configuration model: it is missing"))
                .isEqualTo("The model is missing; Invalid value x for configuration model (from " + file
                        + "): it is missing");
        assertThat(sources.explain("my.group.id, group.id.x, /etc/group.id and management.port=1"))
                .describedAs("other things, and a default")
                .isEqualTo("my.group.id, group.id.x, /etc/group.id and management.port=1");
    }

    @Test
    void shouldKeepThePrecedenceWhateverTheOrderOfTheCalls() throws IOException {
        // Given
        Path file = Files.writeString(dir.resolve("stage.properties"), NAME + "=1\n");

        // When
        var sources = new ConfigSources()
                .flag("--drain-timeout", NAME, "4")
                .commandProperty(NAME + "=3")
                .environment(Map.of("DALLEMINI_DRAIN_TIMEOUT_MS", "2"))
                .file(file);

        // Then
        assertThat(drainTimeout(sources)).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "SECURITY_PROTOCOL, security.protocol",
        "A__B, a_b",
        "A___B, a-b",
        "SSL_KEYSTORE___FILE_X__Y, ssl.keystore-file.x_y"
    })
    void shouldReadNamesOfVariablesAsKafkasImagesDo(String variable, String name) {
        assertThat(ConfigSources.nameOf(variable)).isEqualTo(name);
    }

    @Test
    void shouldPassKafkaVariablesOnAndUnderstandTheBrokersEitherWay() {
        // When
        var sources = new ConfigSources()
                .environment(Map.of("KAFKA_BOOTSTRAP_SERVERS", "b:1", "KAFKA_SECURITY_PROTOCOL", "PLAINTEXT"));

        // Then
        assertThat(sources.values())
                .containsExactly(
                        Map.entry("bootstrap.servers", "b:1"), Map.entry("kafka.security.protocol", "PLAINTEXT"));
    }

    @Test
    void shouldHideSecretsAndNameUnknownSettings() {
        // Given
        var definition = StageConfig.definition()
                .define("s3.secret.key", ConfigDef.Type.PASSWORD, "", ConfigDef.Importance.HIGH, "");
        var sources = new ConfigSources()
                .flag("--secret-key", "s3.secret.key", "hush")
                .commandProperty("basic.auth.user.info=me:hush")
                .commandProperty("kafka.sasl.jaas.config=hush")
                .commandProperty("consumer.ssl.key.password=hush")
                .commandProperty("drian.timeout.ms=1")
                .environment(Map.of("KAFKA_OPTS", "-X"));

        // When / Then
        assertThat(sources.settings(definition))
                .allSatisfy(setting -> assertThat(setting.value()).isNotEqualTo("hush"))
                .contains(new Setting("s3.secret.key", "[hidden]", "--secret-key"))
                .contains(new Setting("management.port", "8090", "default"));
        assertThat(sources.unknown(definition))
                .extracting(Setting::name)
                .containsExactly("drian.timeout.ms", "kafka.opts");
    }

    @Test
    void shouldResolveConfigProviders() throws IOException {
        // Given
        Path secrets = Files.writeString(dir.resolve("secrets.properties"), "servers=secret:1\n");
        var values = new ConfigSources()
                .commandProperty("config.providers=file")
                .commandProperty("config.providers.file.class=" + FileConfigProvider.class.getName())
                .commandProperty("bootstrap.servers=${file:" + secrets + ":servers}")
                .commandProperty("kafka.client.rack=${file:" + secrets + ":servers}")
                .values();

        // When
        var config = new StageConfig(StageConfig.definition(), values);

        // Then
        assertThat(config.consumer())
                .containsEntry("bootstrap.servers", "secret:1")
                .containsEntry("client.rack", "secret:1");
        assertThat(config.unknown()).isEmpty();
    }

    @Test
    void shouldSayWhatIsWrongWithAFileOrAProperty() {
        assertThatThrownBy(() -> new ConfigSources().file(dir.resolve("absent.properties")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("absent.properties");
        assertThatThrownBy(() -> new ConfigSources().commandProperty("nonsense"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("name=value");
    }

    private static long drainTimeout(ConfigSources sources) {
        return new StageConfig(StageConfig.definition(), sources.values())
                .drainTimeout()
                .toMillis();
    }
}
