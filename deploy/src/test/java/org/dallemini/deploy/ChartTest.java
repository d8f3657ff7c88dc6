package org.dallemini.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.dallemini.images.ImageDecoderConfig;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.config.ConfigSources;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan;
import org.dallemini.storage.StorageSinkConfig;
import org.dallemini.tokens.TokenGeneratorConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The chart renders, fits Kubernetes' schemas, and says nothing that the program does not know. */
class ChartTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(VersionFlag.V7);
    private static final Path MANIFEST_SCHEMAS = Chart.ROOT.resolve("deploy/src/test/resources/schemas");
    private static final Path OPERATORS = Chart.example("operators");

    @TempDir
    private Path folder;

    static Stream<List<Path>> values() {
        return Stream.concat(Stream.of(List.of()), Chart.examples().stream().map(List::of));
    }

    @Test
    void shouldPassHelmsLint() {
        var result = new Helm(Chart.FOLDER).lint().strict().call();

        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldRenderManifestsThatKubernetesAndTheOperatorsKnow(List<Path> values) throws Exception {
        List<Manifest> manifests = Chart.render(values);

        assertThat(manifests).hasSizeGreaterThan(10);
        for (Manifest manifest : manifests) {
            Path schema = MANIFEST_SCHEMAS.resolve(schemaOf(manifest));
            assertThat(schema).as("schema of %s", manifest).exists();
            assertThat(SCHEMAS.getSchema(Files.readString(schema))
                            .validate(JSON.writeValueAsString(manifest.yaml()), InputFormat.JSON))
                    .as("%s", manifest)
                    .isEmpty();
        }
    }

    @Test
    void shouldPassKubeconform() throws Exception {
        Tool kubeconform = Tool.named("kubeconform");
        for (Path example : Chart.examples()) {
            for (Manifest manifest : Chart.render(List.of(example))) {
                Path file = folder.resolve(manifest.kind() + "-" + manifest.name() + ".json");
                Files.writeString(file, JSON.writeValueAsString(manifest.yaml()));
            }
        }

        assertThat(kubeconform.run(
                        folder,
                        "-strict",
                        "-schema-location",
                        MANIFEST_SCHEMAS + "/{{ .ResourceKind }}{{ .KindSuffix }}.json",
                        folder.toString()))
                .startsWith("0:");
    }

    /** In kubeconform's layout: statefulset-apps-v1.json, service-v1.json. */
    private static String schemaOf(Manifest manifest) {
        String version = String.valueOf(manifest.yaml().get("apiVersion"));
        String group = version.contains("/") ? version.replaceAll("[./].*", "") + "-" : "";
        return manifest.kind().toLowerCase(Locale.ROOT) + "-" + group + version.replaceAll(".*/", "") + ".json";
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldGiveEachStageSettingsThatItKnowsAndAccepts(List<Path> values) {
        for (Manifest stage : stages(Chart.render(values))) {
            Map<String, String> settings = settings(stage, values);

            assertThat(new StageConfig(definition(stage.component()), settings).unknown())
                    .as("settings of %s that it does not know", stage)
                    .isEmpty();
        }
    }

    @Test
    void shouldTakeNothingForASettingThatNoStageHas() {
        // Given: the check above can fail.
        var settings = Map.of("drain.timeout", "1", "model", "pictograms");

        // When, Then
        assertThat(new StageConfig(definition("image-decoder"), settings).unknown())
                .containsExactly("drain.timeout");
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldNameEachProcessByItsPodAndLetItStopInItsOwnTime(List<Path> values) {
        for (Manifest stage : stages(Chart.render(values))) {
            Map<String, Object> pod = stage.map("spec", "template", "spec");
            Map<String, Object> container = stage.container();

            assertThat(variable(container, "DALLEMINI_INSTANCE_ID"))
                    .containsEntry("valueFrom", Map.of("fieldRef", Map.of("fieldPath", "metadata.name")));
            assertThat(container.get("args"))
                    .isEqualTo(List.of(stage.component(), "--config", "/etc/dallemini/dallemini.properties"));
            long drain = Long.parseLong(settings(stage, values).get(StageConfig.DRAIN_TIMEOUT_MS));
            // After the deadline a process ends what hangs within some three seconds.
            assertThat(1000L * Manifest.number(pod, "terminationGracePeriodSeconds"))
                    .isGreaterThanOrEqualTo(drain + 5000);
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldAskEachStageForItsHealthWhereItTellsIt(List<Path> values) {
        for (Manifest stage : stages(Chart.render(values))) {
            Map<String, Object> container = stage.container();
            Map<String, String> settings = settings(stage, values);

            assertThat(probe(container, "livenessProbe")).containsEntry("path", "/livez");
            assertThat(probe(container, "readinessProbe")).containsEntry("path", "/readyz");
            assertThat(port(container, "management"))
                    .isEqualTo(Integer.parseInt(settings.get(StageConfig.MANAGEMENT_PORT)));
            assertThat(settings).containsEntry(StageConfig.MANAGEMENT_HOST, "0.0.0.0");
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldRunWithTheFewestRights(List<Path> values) {
        for (Manifest workload : workloads(Chart.render(values))) {
            Map<String, Object> pod = workload.map("spec", "template", "spec");

            // Else variables of services would be settings: DALLEMINI_API_PORT is api.port.
            assertThat(pod).as("%s", workload).containsEntry("enableServiceLinks", false);
            assertThat(pod).containsEntry("automountServiceAccountToken", false);
            assertThat(Manifest.asMap(pod.get("securityContext")))
                    .containsEntry("runAsNonRoot", true)
                    .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
            for (Map<String, Object> container : workload.containers()) {
                assertThat(container.get("securityContext"))
                        .isEqualTo(Map.of(
                                "allowPrivilegeEscalation",
                                false,
                                "readOnlyRootFilesystem",
                                true,
                                "capabilities",
                                Map.of("drop", List.of("ALL"))));
                assertThat(Manifest.asMap(container.get("resources"))).containsKeys("requests", "limits");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldMountAVolumeWhereverTheProgramWrites(List<Path> values) {
        for (Manifest stage : stages(Chart.render(values))) {
            List<String> writable = Manifest.asList(stage.container().get("volumeMounts")).stream()
                    .filter(mount -> !Boolean.TRUE.equals(mount.get("readOnly")))
                    .map(mount -> String.valueOf(mount.get("mountPath")))
                    .toList();
            Map<String, String> settings = settings(stage, values);

            assertThat(writable).contains("/tmp");
            for (String folder : List.of("state.dir", "models.dir", "model.cache")) {
                if (settings.containsKey(folder)) {
                    assertThat(writable).as("%s of %s", folder, stage).anyMatch(settings.get(folder)::startsWith);
                }
            }
            assertThat(variable(stage.container(), "DALLEMINI_DATA_DIR")).containsEntry("value", "/tmp");
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldHoldNoSecretButNameIt(List<Path> values) {
        List<Manifest> manifests = Chart.render(values);

        assertThat(manifests).noneMatch(manifest -> manifest.kind().equals("Secret"));
        for (Manifest stage : stages(manifests)) {
            if (Set.of("prompt-ingest", "storage-sink").contains(stage.component())) {
                assertThat(variable(stage.container(), "DALLEMINI_S3_SECRET_KEY"))
                        .containsKey("valueFrom");
            }
        }
        assertThatThrownBy(() -> Chart.render(values, "settings.s3\\.secret\\.key=abc"))
                .hasMessageContaining("s3.secret.key is a secret");
    }

    @Test
    void shouldSetUpWithoutTheSecretThatTheReleaseItselfMakes() {
        // Given a release that has Strimzi make its user, whose Secret exists some time after the hooks
        List<Manifest> manifests = Chart.render(List.of(OPERATORS));

        // When
        Manifest setup = one(manifests, "Job", "setup");

        // Then
        assertThat(setup.containers()).hasSize(1);
        assertThat(setup.container().get("args")).asString().contains("schemas, register");
        assertThat(setup.toString() + setup.yaml()).doesNotContain("sasl.jaas.config");
    }

    @Test
    void shouldMakeTopicsThenSchemasBeforeTheStagesByDefault() {
        Manifest setup = one(Chart.render(List.of()), "Job", "setup");

        assertThat(setup.containers().stream().map(container -> container.get("args")))
                .asString()
                .containsSubsequence("topics, apply", "schemas, register");
        assertThat(setup.map("metadata", "annotations")).containsEntry("hook", "pre-install,pre-upgrade");
    }

    @Test
    void shouldFillASharedClaimBeforeThePodsStart() {
        Manifest model = one(Chart.render(List.of(Chart.example("shared-model"))), "Job", "model");

        assertThat(model.containers().get(0).get("command")).asString().contains("models pull", "mega");
        assertThat(model.container().get("args")).asString().contains("models, prepare");
        assertThat(model.map("metadata", "annotations")).containsEntry("hook", "pre-install,pre-upgrade");
    }

    @Test
    void shouldLetNobodyInButWhoIsNamed() {
        List<Manifest> manifests = Chart.render(List.of(OPERATORS));

        for (String stage : Chart.STAGES) {
            Manifest policy = one(manifests, "NetworkPolicy", stage);
            assertThat(policy.map("spec")).containsEntry("policyTypes", List.of("Ingress", "Egress"));
            assertThat(policy.list("spec", "ingress"))
                    .as("%s", policy)
                    .isNotEmpty()
                    .allSatisfy(rule -> assertThat(rule).containsKeys("ports", "from"));
        }
        // Only who stores or shows images reaches the bucket.
        List<Manifest> defaults = Chart.render(List.of());
        assertThat(Chart.STAGES.stream().filter(stage -> one(defaults, "NetworkPolicy", stage)
                        .yaml()
                        .toString()
                        .contains("port=9000")))
                .containsExactlyInAnyOrder("prompt-ingest", "storage-sink");
        assertThat(one(defaults, "NetworkPolicy", "token-generator").list("spec", "ingress"))
                .isEmpty();
    }

    @Test
    void shouldMakeTheTopicsOfThePlan() {
        List<Manifest> manifests = Chart.render(List.of(OPERATORS));
        var config = new StageConfig(
                StageConfig.definition(),
                Map.of("topic.prefix", "pipeline.", "topic.partitions", "12", "topic.replication", "3"));

        assertThat(manifests.stream().filter(m -> m.kind().equals("KafkaTopic")).map(ChartTest::topic))
                .containsExactlyInAnyOrderElementsOf(TopicPlan.of(config).topics());
    }

    private static TopicPlan.Planned topic(Manifest manifest) {
        Map<String, Object> spec = manifest.map("spec");
        var configs = new HashMap<String, String>();
        Manifest.asMap(spec.get("config")).forEach((name, value) -> configs.put(name, (String) value));
        return new TopicPlan.Planned(
                Manifest.text(spec, "topicName"),
                Manifest.number(spec, "partitions"),
                (short) Manifest.number(spec, "replicas"),
                configs);
    }

    @Test
    void shouldGrantTheRightsOfTheDocumentation() throws Exception {
        // Given
        String documentation = Files.readString(Chart.ROOT.resolve("docs/security.md"));

        // When
        Set<String> granted = rights(one(Chart.render(List.of(OPERATORS), "strimzi.user.repair=false"), "KafkaUser"));
        Set<String> repairing = rights(one(Chart.render(List.of(OPERATORS)), "KafkaUser"));
        repairing.removeAll(granted);

        // Then
        assertThat(granted).isEqualTo(Rights.ofTheTable(documentation));
        assertThat(repairing).isEqualTo(Rights.toRepair(documentation));
    }

    @Test
    void shouldGrantRightsForAllNamesWhereThereIsNoPrefix() {
        Manifest user =
                one(Chart.render(List.of(), "strimzi.user.enabled=true", "strimzi.cluster=pipeline"), "KafkaUser");

        assertThat(rights(user)).contains("topic * literal Read", "group * literal Read");
    }

    private static Set<String> rights(Manifest user) {
        var rights = new TreeSet<String>();
        for (Map<String, Object> acl : user.list("spec", "authorization", "acls")) {
            Map<String, Object> resource = Manifest.asMap(acl.get("resource"));
            for (Object operation : (List<?>) Objects.requireNonNull(acl.get("operations"))) {
                rights.add(resource.get("type") + " " + resource.get("name") + " " + resource.get("patternType") + " "
                        + operation);
            }
        }
        return rights;
    }

    @Test
    void shouldScaleByTheLagOfTheTopicsThatTheStageReads() {
        var topics = new Topics("pipeline.");
        Map<String, Set<String>> read = Map.of(
                "token-generator", Set.of(topics.imageRequests(), topics.bulkImageRequests()),
                "image-decoder", Set.of(topics.imageTokens()),
                "storage-sink", Set.of(topics.images()));
        List<Manifest> manifests = Chart.render(List.of(OPERATORS));

        read.forEach((stage, inputs) -> {
            Manifest scaled = one(manifests, "ScaledObject", stage);
            Manifest workload = one(manifests, "StatefulSet", stage);
            assertThat(scaled.map("spec", "scaleTargetRef")).containsEntry("name", workload.name());
            assertThat(workload.map("spec")).as("its replicas are KEDA's").doesNotContainKey("replicas");
            var lagging = new TreeSet<String>();
            for (Map<String, Object> trigger : scaled.list("spec", "triggers")) {
                Map<String, Object> metadata = Manifest.asMap(trigger.get("metadata"));
                lagging.add(Manifest.text(metadata, "topic"));
                assertThat(metadata)
                        .containsEntry(
                                "consumerGroup", config(stage, "pipeline.").groupId(stage));
            }
            assertThat(lagging).isEqualTo(inputs);
        });
    }

    @Test
    void shouldDescribeEveryValueInItsSchema() throws Exception {
        Map<String, Object> schema = Manifest.asMap(
                JSON.readValue(Chart.FOLDER.resolve("values.schema.json").toFile(), Map.class));
        Map<String, Object> values = Chart.read(Chart.FOLDER.resolve("values.yaml"));

        assertThat(SCHEMAS.getSchema(JSON.writeValueAsString(schema))
                        .validate(JSON.writeValueAsString(values), InputFormat.JSON))
                .isEmpty();
        assertThat(schema).containsEntry("additionalProperties", false);
        var described = new TreeSet<>(Manifest.asMap(schema.get("properties")).keySet());
        described.remove("global");
        assertThat(described).isEqualTo(new TreeSet<>(values.keySet()));
    }

    @Test
    void shouldRefuseValuesThatMeanNothing() {
        for (String wrong : List.of(
                "stages.token-generator.replica=2",
                "kafka.partitions=0",
                "model.store=nowhere",
                "autoscaling.stages.storage-sink.minReplicas=0",
                "setup.topics=yes")) {
            assertThatThrownBy(() -> Chart.render(List.of(), wrong))
                    .as("%s", wrong)
                    .hasMessageContaining("schema");
        }
        assertThatThrownBy(() -> Chart.render(List.of(), "model.store=claim")).hasMessageContaining("model.claim");
        assertThatThrownBy(() -> Chart.render(List.of(), "setup.topics=strimzi"))
                .hasMessageContaining("strimzi.cluster");
    }

    private static List<Manifest> workloads(List<Manifest> manifests) {
        return manifests.stream()
                .filter(m -> Set.of("StatefulSet", "Job").contains(m.kind()))
                .toList();
    }

    private static List<Manifest> stages(List<Manifest> manifests) {
        List<Manifest> stages =
                manifests.stream().filter(m -> m.kind().equals("StatefulSet")).toList();
        assertThat(stages.stream().map(Manifest::component)).containsExactlyInAnyOrderElementsOf(Chart.STAGES);
        return stages;
    }

    private static Manifest one(List<Manifest> manifests, String kind) {
        List<Manifest> found =
                manifests.stream().filter(m -> m.kind().equals(kind)).toList();
        assertThat(found).as("%s", kind).hasSize(1);
        return found.get(0);
    }

    private static Manifest one(List<Manifest> manifests, String kind, String component) {
        return one(
                manifests.stream().filter(m -> m.component().equals(component)).toList(), kind);
    }

    /** As the process has them: of its file and of its environment. */
    private static Map<String, String> settings(Manifest stage, List<Path> values) {
        var settings = new HashMap<>(
                one(Chart.render(values), "ConfigMap", stage.component()).settings());
        var environment = new HashMap<String, String>();
        for (Map<String, Object> variable : Manifest.asList(stage.container().get("env"))) {
            environment.put(
                    Manifest.text(variable, "name"),
                    String.valueOf(variable.getOrDefault("value", "from-the-secret-of-a-test")));
        }
        environment.keySet().removeAll(List.of("DALLEMINI_DATA_DIR", "DALLEMINI_JAVA_OPTS"));
        settings.putAll(new ConfigSources().environment(environment).values());
        return settings;
    }

    private static ConfigDef definition(String stage) {
        return switch (stage) {
            case "prompt-ingest" -> PromptIngestConfig.definition();
            case "token-generator" -> TokenGeneratorConfig.definition();
            case "image-decoder" -> ImageDecoderConfig.definition();
            default -> StorageSinkConfig.definition();
        };
    }

    private static StageConfig config(String stage, String prefix) {
        return new StageConfig(
                definition(stage),
                Map.of("topic.prefix", prefix, "model", "pictograms", "s3.access.key", "a", "s3.secret.key", "b"));
    }

    private static Map<String, Object> variable(Map<String, Object> container, String name) {
        var found = new ArrayList<Map<String, Object>>(Manifest.asList(container.get("env")));
        found.removeIf(variable -> !name.equals(variable.get("name")));
        assertThat(found).as("variable %s", name).hasSize(1);
        return found.get(0);
    }

    private static Map<String, Object> probe(Map<String, Object> container, String name) {
        return Manifest.asMap(Manifest.asMap(container.get(name)).get("httpGet"));
    }

    private static int port(Map<String, Object> container, String name) {
        return Manifest.asList(container.get("ports")).stream()
                .filter(port -> name.equals(port.get("name")))
                .map(port -> Manifest.number(port, "containerPort"))
                .findFirst()
                .orElseThrow();
    }
}
