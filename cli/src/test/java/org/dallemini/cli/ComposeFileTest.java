package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dallemini.cli.ComposeFile.Service;
import org.dallemini.images.ImageDecoderConfig;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.stage.config.ConfigSources;
import org.dallemini.storage.StorageSinkConfig;
import org.dallemini.tokens.TokenGeneratorConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The compose file fits together and fits the image; there is no Docker engine here to run it. */
class ComposeFileTest {
    private static final Path ROOT = Path.of(System.getProperty("dallemini.root"));
    private static final List<String> STAGES =
            List.of("prompt-ingest", "token-generator", "image-decoder", "storage-sink");

    private ComposeFile compose;
    private String dockerfile;

    @BeforeEach
    void readFiles() throws IOException {
        compose = ComposeFile.read(ROOT.resolve("docker-compose.yml"));
        dockerfile = Files.readString(ROOT.resolve("Dockerfile"));
    }

    @Test
    void shouldHaveAServiceForEachStage() {
        assertThat(compose.services().keySet()).containsAll(STAGES).contains("kafka", "schema-registry", "s3", "setup");
        for (String stage : STAGES) {
            assertThat(service(stage).list("command")).containsExactly(stage);
        }
    }

    @Test
    void shouldSayOfEveryServiceWhatRunsAndHowItIsChecked() {
        assertThat(compose.services().values()).allSatisfy(service -> {
            assertThat(service.has("image") || service.has("build"))
                    .as("%s has an image", service.name())
                    .isTrue();
            if (!service.name().equals("setup")) {
                assertThat(service.healthCheck())
                        .as("health check of %s", service.name())
                        .isNotEmpty();
            }
        });
    }

    @Test
    void shouldPinEveryImageThatIsNotOurs() {
        assertThat(compose.services().values()).allSatisfy(service -> assertThat(service.text("image"))
                .as("image of %s", service.name())
                .matches("[a-z0-9./-]+:[A-Za-z0-9._-]+")
                .doesNotEndWith(":latest"));
    }

    @Test
    void shouldWaitOnlyForServicesThatExistAndCanReachTheCondition() {
        for (Service service : compose.services().values()) {
            service.map("depends_on").forEach((name, how) -> {
                assertThat(compose.services())
                        .as("%s waits for it", service.name())
                        .containsKey(name);
                String condition = (String) ((Map<?, ?>) how).get("condition");
                assertThat(condition)
                        .as("%s waits for %s", service.name(), name)
                        .isEqualTo(name.equals("setup") ? "service_completed_successfully" : "service_healthy");
                assertThat(service(name).has("profiles"))
                        .as("%s starts without a profile", name)
                        .isFalse();
            });
        }
    }

    @Test
    void shouldDeclareEveryNamedVolumeAndUseIt() {
        Set<String> used = new TreeSet<>();
        compose.services().values().forEach(service -> used.addAll(service.namedVolumes()));
        assertThat(used).isEqualTo(new TreeSet<>(compose.volumes()));
    }

    @Test
    void shouldLetEveryStageRunManyTimes() {
        for (String stage : STAGES) {
            assertThat(service(stage).yaml())
                    .as(stage)
                    .doesNotContainKeys("container_name", "hostname")
                    .containsKeys("restart", "stop_grace_period", "deploy");
            assertThat(service(stage).list("ports"))
                    .as("%s takes a port of a range", stage)
                    .allMatch(port -> port.matches("127\\.0\\.0\\.1:\\d+-\\d+:\\d+"));
        }
    }

    @Test
    void shouldPublishPortsOnLoopbackOnly() {
        assertThat(compose.services().values())
                .allSatisfy(service -> assertThat(service.list("ports")).allMatch(p -> p.startsWith("127.0.0.1:")));
    }

    @Test
    void shouldHandOutAddressesOfImagesWhereTheBucketIsPublished() {
        String handedOut = ComposeFile.withDefaults(
                String.valueOf(service("prompt-ingest").environment().get("DALLEMINI_S3_PUBLIC_ENDPOINT")));
        assertThat(handedOut).matches("http://localhost:\\d+");
        assertThat(service("s3").list("ports"))
                .anyMatch(port -> port.startsWith(handedOut.replace("http://localhost", "127.0.0.1") + ":"));
    }

    @Test
    void shouldGiveServicesOnlySettingsThatTheProgramKnows() {
        compose.services().values().forEach(service -> assertThat(unknown(service.environment()))
                .as("variables of %s", service.name())
                .isEmpty());
        Map<String, String> image = new HashMap<>();
        variablesOf(dockerfile).forEach(name -> image.put(name, "any"));
        assertThat(unknown(image)).as("variables of the image").isEmpty();
        assertThat(unknown(Map.of("DALLEMINI_MISSPELT", "any"))).hasSize(1);
    }

    private static List<ConfigSources.Setting> unknown(Map<String, String> environment) {
        Map<String, String> settings = new HashMap<>(environment);
        settings.keySet().removeIf(name -> !name.startsWith("DALLEMINI_") || ConfigOptions.NOT_SETTINGS.contains(name));
        return new ConfigSources()
                .environment(settings)
                .unknown(
                        PromptIngestConfig.definition(),
                        TokenGeneratorConfig.definition(),
                        ImageDecoderConfig.definition(),
                        StorageSinkConfig.definition());
    }

    @Test
    void shouldRunCommandsThatExist() {
        var program = new Dallemini(ProgramFolders.find(null, Map.of()), new Interruption())
                .commandLine(List.of("topics", "schemas"));
        for (String stage : STAGES) {
            assertThat(service(stage).list("command")).as(stage).containsExactly(stage);
            assertThat(program.getSubcommands()).containsKey(stage);
        }
        assertThat(program.parseArgs("topics", "apply").subcommand().hasSubcommand())
                .isTrue();
        assertThat(program.parseArgs("schemas", "register").subcommand().hasSubcommand())
                .isTrue();
    }

    @Test
    void shouldNameOnlyPortsThatTheOtherServiceListensOn() {
        Pattern address = Pattern.compile("(?:^|[/@,])([a-z][a-z0-9-]*):(\\d+)");
        int found = 0;
        for (Service service : compose.services().values()) {
            for (String value : service.environment().values()) {
                for (Matcher m = address.matcher(value); m.find(); ) {
                    if (m.group(1).equals("localhost")) {
                        continue;
                    }
                    found++;
                    assertThat(compose.services()).as(service.name()).containsKey(m.group(1));
                    assertThat(service(m.group(1)).list("expose"))
                            .as("%s reaches %s", service.name(), m.group())
                            .contains(m.group(2));
                }
            }
        }
        assertThat(found).isGreaterThanOrEqualTo(8);
    }

    @Test
    void shouldListenOnEveryPortThatItExposesChecksOrPublishes() {
        for (Service service : compose.services().values()) {
            if (service.name().equals("setup")) {
                continue;
            }
            String listens = service.environment() + " " + service.list("command");
            Stream<String> published = service.list("ports").stream().map(p -> p.substring(p.lastIndexOf(':') + 1));
            Stream<String> checked = Pattern.compile("(?:localhost|127\\.0\\.0\\.1):(\\d+)")
                    .matcher(service.healthCheck())
                    .results()
                    .map(m -> m.group(1));
            assertThat(Stream.of(service.list("expose").stream(), published, checked)
                            .flatMap(s -> s))
                    .as("ports of %s", service.name())
                    .isNotEmpty()
                    .allMatch(port -> Pattern.compile("\\b" + port + "\\b")
                            .matcher(listens)
                            .find());
        }
    }

    @Test
    void shouldKeepNoSecretButTheNamedLocalOnes() throws IOException {
        Set<String> secrets = new TreeSet<>();
        for (Service service : compose.services().values()) {
            service.map("environment").forEach((name, value) -> {
                if (name.matches(".*(ACCESS|SECRET|PASSWORD|ROOT_USER).*")) {
                    secrets.add(value.toString());
                }
            });
        }
        assertThat(secrets).containsExactly("${S3_ACCESS_KEY:-local-access}", "${S3_SECRET_KEY:-local-secret}");
    }

    @Test
    void shouldBuildAnImageWhoseLauncherFindsItsLibraries() throws IOException {
        String launcher = Files.readString(ROOT.resolve("dallemini"));
        assertThat(launcher).contains("lib=\"$home/lib\"");
        assertThat(dockerfile)
                .contains("COPY --from=build /src/cli/target/dist/lib /opt/dallemini/lib")
                .contains("COPY --from=build /src/dallemini /opt/dallemini/dallemini")
                .contains("ln -s ../dallemini /opt/dallemini/bin/dallemini")
                .contains("ENTRYPOINT [\"/opt/dallemini/bin/dallemini\"]")
                .contains("USER dallemini")
                .doesNotContain("alpine");
        assertThat(service("setup").list("command"))
                .singleElement()
                .asString()
                .contains("/opt/dallemini/bin/dallemini topics apply", "/opt/dallemini/bin/dallemini schemas register");
    }

    @Test
    void shouldServeTheApiOnlyToThoseWhoHaveAKey() {
        Map<String, String> api = service("prompt-ingest").environment();
        Path file = Path.of(api.get("DALLEMINI_API_KEYS_FILE"));
        assertThat(api).containsEntry("DALLEMINI_API_HOST", "0.0.0.0");
        assertThat(service("prompt-ingest").list("volumes")).contains("api-keys:" + file.getParent());
        assertThat(service("setup").list("volumes")).contains("api-keys:" + file.getParent());
        assertThat(service("setup").list("command")).singleElement().asString().contains("touch " + file);
        assertThat(dockerfile)
                .as("a volume takes its owner from the image's folder")
                .contains("/var/lib/dallemini/keys", "chown -R dallemini /var/lib/dallemini");
    }

    @Test
    void shouldCheckTheReadinessPageOnTheManagementPort() {
        for (String stage : STAGES) {
            String port = service(stage).environment().get("DALLEMINI_MANAGEMENT_PORT");
            assertThat(service(stage).healthCheck()).contains("http://127.0.0.1:" + port + "/readyz");
        }
        assertThat(dockerfile).contains("http://127.0.0.1:8090/readyz", "DALLEMINI_MANAGEMENT_PORT=8090");
    }

    private Service service(String name) {
        return compose.service(name);
    }

    private static Set<String> variablesOf(String text) {
        Set<String> names = new TreeSet<>();
        Pattern.compile("\\b(DALLEMINI_\\w+)=").matcher(text).results().forEach(m -> names.add(m.group(1)));
        return names;
    }
}
