package org.dallemini.models.pull;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.dallemini.dalle.model.ModelHome;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.SafetensorsForm;
import org.dallemini.dalle.testing.SmallDisk;
import org.dallemini.lock.ProcessLock;
import org.dallemini.models.ModelCheck;
import org.dallemini.models.pull.PullException.Kind;
import org.dallemini.models.testing.FakeHub;
import org.dallemini.models.testing.FakeHub.Seen;
import org.dallemini.models.testing.Fault;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a hub of our own that answers as it should, or in every way that it should not. */
class ModelPullTest {
    private static final Goldens.Set MODEL = Goldens.open().vqganSets().get(0);
    private static final String BART = "ada/bart";
    private static final String VQGAN = "ada/vqgan";
    private static final String WEIGHTS = "ada/bart/flax_model.msgpack";
    private static final int TRIES = 4;
    private static final Retry.Pauses PAUSES =
            new Retry.Pauses(Duration.ofMillis(10), Duration.ofMillis(40), Duration.ofSeconds(2), TRIES);

    @TempDir
    Path temp;

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private @Nullable String token;
    private Duration stall = Duration.ofSeconds(60);
    private FakeHub hub;
    private Path pulled;

    @BeforeEach
    void startHub() throws IOException {
        pulled = temp.resolve("pulled");
        hub = FakeHub.start().publish(BART, MODEL.bart()).publish(VQGAN, MODEL.vqgan());
    }

    @AfterEach
    void stopHub() {
        hub.close();
    }

    @Test
    void shouldFetchAModelThatIsThenFoundByItsName() throws IOException {
        // Given: files that this program does not need
        hub.files(BART).put("pytorch_model.bin", new byte[10]);
        hub.files(BART).put("../../escape", new byte[10]);

        // When
        PulledModel pulled = pull(false);

        // Then
        Path folder = home().resolve("ada");
        assertThat(pulled.fetched()).isTrue();
        assertThat(pulled.folder()).isEqualTo(folder);
        assertThat(ModelCheck.problems(folder)).isEmpty();
        assertSameFiles(MODEL.bart(), folder.resolve("dalle-bart"));
        assertSameFiles(MODEL.vqgan(), folder.resolve("vqgan"));
        assertThat(filesIn(home().path())).doesNotContain("escape").noneMatch(name -> name.contains("pytorch"));
        assertThat(Files.exists(work(".pulling"))).isFalse();
    }

    @Test
    void shouldWriteDownWhereAModelComesFrom() throws IOException {
        // When
        pull(false);

        // Then
        ModelOrigin provenance = ModelOrigin.read(home().folder("ada")).orElseThrow();
        assertThat(provenance.name()).isEqualTo("ada");
        assertThat(provenance.dalleBart())
                .isEqualTo(new ModelOrigin.Origin(hub.address() + "/" + BART, "main", FakeHub.COMMIT));
        assertThat(requireNonNull(provenance.vqgan()).revision()).isEqualTo("refs/pr/1");
        byte[] weights = Files.readAllBytes(MODEL.bart().resolve("flax_model.msgpack"));
        byte[] config = Files.readAllBytes(MODEL.bart().resolve("config.json"));
        assertThat(provenance.files())
                .hasSize(10)
                .contains(new ModelOrigin.PulledFile(
                        "dalle-bart/flax_model.msgpack",
                        weights.length,
                        FakeHub.sha256(weights),
                        weights.length + " sha256:" + FakeHub.sha256(weights)))
                .contains(new ModelOrigin.PulledFile(
                        "dalle-bart/config.json",
                        config.length,
                        FakeHub.sha256(config),
                        config.length + " git-sha1:" + FakeHub.gitSha1(config)));
    }

    @Test
    void shouldSendTheTokenToTheHubAndNowhereElse() throws IOException {
        // Given
        token = "hf_secret";
        hub.requiredToken = token;

        // When
        pull(false);

        // Then
        assertThat(hub.seen())
                .filteredOn(seen -> seen.host().equals("hub"))
                .allSatisfy(seen -> assertThat(seen.authorization()).isEqualTo("Bearer hf_secret"));
        assertThat(hub.downloads("storage", ".msgpack")).hasSize(2).allSatisfy(seen -> assertThat(seen.authorization())
                .isNull());
        assertThat(told.toString(UTF_8)).doesNotContain("hf_secret");
    }

    @Test
    void shouldGoOnWhereAConnectionWasCut() throws IOException {
        // Given
        hub.failGet(WEIGHTS, Fault.cutAfter(1000), Fault.cutAfter(5000));

        // When
        pull(false);

        // Then
        assertThat(hub.downloads("storage", WEIGHTS))
                .extracting(Seen::range)
                .containsExactly(null, "bytes=1000-", "bytes=6000-");
        assertSameFiles(MODEL.bart(), home().folder("ada").resolve("dalle-bart"));
        assertThat(told.toString(UTF_8)).contains("after 1000 of ").contains("trying again in ");
    }

    @Test
    void shouldBeginAnewWhereTheServerKnowsNoRanges() throws IOException {
        // Given
        hub.failGet(WEIGHTS, Fault.cutAfter(1000), Fault.whole());

        // When
        pull(false);

        // Then
        assertSameFiles(MODEL.bart(), home().folder("ada").resolve("dalle-bart"));
    }

    @Test
    void shouldGiveUpOnAServerThatNeverComesFurther() {
        // Given
        hub.failGet(WEIGHTS, Collections.nCopies(50, Fault.wholeCutAfter(1000)).toArray(Fault[]::new));

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("the same command goes on from there");
        assertThat(hub.downloads("storage", WEIGHTS)).hasSizeLessThanOrEqualTo(TRIES + 1);
    }

    @Test
    void shouldGoOnInALaterRun() throws IOException {
        // Given: a run that came to the middle of the weights
        hub.failGet(WEIGHTS, Fault.cutAfter(1000));
        hub.failGet(WEIGHTS, Collections.nCopies(TRIES - 1, Fault.status(503)).toArray(Fault[]::new));
        assertThat(failure().kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(work(".pulling").resolve("dalle-bart/flax_model.msgpack.part"))
                .hasSize(1000);
        assertThat(home().folder("ada")).doesNotExist();
        int before = hub.seen().size();

        // When
        pull(false);

        // Then
        assertThat(hub.seen().subList(before, hub.seen().size()))
                .filteredOn(seen -> seen.host().equals("storage"))
                .extracting(Seen::range)
                .containsExactly("bytes=1000-", null);
        assertThat(hub.seen().subList(before, hub.seen().size()))
                .noneMatch(seen -> seen.path().endsWith("tokenizer.json"));
        assertSameFiles(MODEL.bart(), home().folder("ada").resolve("dalle-bart"));
    }

    @Test
    void shouldNotGoOnWithAnotherVersion() throws IOException {
        // Given: half of a file that has changed since
        hub.failGet(WEIGHTS, Fault.cutAfter(1000));
        hub.failGet(WEIGHTS, Collections.nCopies(TRIES - 1, Fault.status(503)).toArray(Fault[]::new));
        assertThat(failure().kind()).isEqualTo(Kind.UNAVAILABLE);
        hub.publish(BART, Goldens.open().vqganSets().get(1).bart());
        hub.publish(VQGAN, Goldens.open().vqganSets().get(1).vqgan());
        hub.commit = "f".repeat(40);

        // When
        pull(false);

        // Then
        assertSameFiles(
                Goldens.open().vqganSets().get(1).bart(), home().folder("ada").resolve("dalle-bart"));
    }

    @ParameterizedTest
    @ValueSource(strings = {WEIGHTS, "ada/bart/tokenizer.json"})
    void shouldRefuseContentOfAnotherHash(String file) throws IOException {
        // Given
        hub.failGet(file, Fault.damaged());

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.DAMAGED);
        assertThat(failure)
                .hasMessageContaining(file.substring(file.lastIndexOf('/')))
                .hasMessageContaining("hash");
        assertThat(filesIn(home().path())).noneMatch(name -> name.endsWith(".part"));
        assertThat(home().folder("ada")).doesNotExist();
        assertThat(pull(false).fetched()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, -1000, 1000})
    void shouldRefuseContentOfAnotherSize(int by) {
        // Given
        hub.failGet(WEIGHTS, Fault.resized(by));

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.DAMAGED);
        assertThat(failure).hasMessageContaining("announced were");
    }

    @Test
    void shouldNotWriteMoreThanWasAnnounced() {
        // Given
        hub.failGet(WEIGHTS, Fault.endless(1_000_000));

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.DAMAGED);
        assertThat(failure).hasMessageContaining("does not end");
    }

    @Test
    void shouldWaitOutWhatPasses() throws IOException {
        // Given
        hub.failGet("revision/main", Fault.status(500), Fault.status(502));
        hub.failGet("config.json", Fault.status(503), Fault.status(429, "Retry-After", "1"));

        // When
        PulledModel pulled = pull(false);

        // Then
        assertThat(pulled.fetched()).isTrue();
        assertThat(told.toString(UTF_8)).contains("answers 500").contains("asks to wait 1 s; trying again in 1.0 s");
    }

    @Test
    void shouldNotWaitForAnHour() {
        // Given
        hub.failGet("config.json", Fault.status(429, "Retry-After", "3600"));

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("asks to wait 3600 s");
        assertThat(told.toString(UTF_8)).doesNotContain("trying again");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nobody/bart      | NOT_FOUND | There is no nobody/bart at
            ada/bart@none    | NOT_FOUND | There is no revision none of ada/bart
            """)
    void shouldSayWhatIsNotThere(String repository, Kind kind, String message) {
        // When
        PullException failure = failure(repository);

        // Then
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessageContaining(message);
    }

    @Test
    void shouldNameAFileThatEveryModelNeeds() {
        // Given
        hub.files(BART).remove("config.json");

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(failure)
                .hasMessageContaining(hub.address() + "/ada/bart/resolve/" + FakeHub.COMMIT + "/config.json");
    }

    @Test
    void shouldDoWithoutFilesThatAreNotNeeded() throws IOException {
        // Given
        hub.files(BART).keySet().removeAll(List.of("special_tokens_map.json", "vocab.json", "merges.txt"));

        // When / Then
        assertThat(pull(false).fetched()).isTrue();
    }

    @Test
    void shouldTakeTheListOfWordsFromDalleMiniWhereAModelHasNone() throws IOException {
        // Given
        byte[] words = "the 100\nof 50\n".getBytes(StandardCharsets.UTF_8);
        hub.files(BART).remove("enwiki-words-frequency.txt");
        hub.publish("dalle-mini/dalle-mini", MODEL.bart());
        hub.files("dalle-mini/dalle-mini").put("enwiki-words-frequency.txt", words);
        hub.files("dalle-mini/dalle-mini").put("config.json", new byte[0]);

        // When
        PulledModel pulled = pull(false);

        // Then
        Path bart = pulled.folder().resolve("dalle-bart");
        assertThat(bart.resolve("enwiki-words-frequency.txt")).hasBinaryContent(words);
        assertThat(bart.resolve("config.json"))
                .hasSameBinaryContentAs(MODEL.bart().resolve("config.json"));
    }

    @Test
    void shouldDoWithoutWordsWhereTheHubHasNoneAndTheModelReadsTextAsItIs() throws IOException {
        // Given
        hub.files(BART).remove("enwiki-words-frequency.txt");
        String config = Files.readString(MODEL.bart().resolve("config.json"));
        hub.files(BART)
                .put(
                        "config.json",
                        config.replaceAll("\"normalize_text\": *true", "\"normalize_text\": false")
                                .getBytes(UTF_8));

        // When / Then
        assertThat(pull(false).folder().resolve("dalle-bart/enwiki-words-frequency.txt"))
                .doesNotExist();
    }

    @Test
    void shouldRefuseAModelThatNeedsWordsAndHasNone() {
        // Given
        hub.files(BART).remove("enwiki-words-frequency.txt");

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.DAMAGED);
        assertThat(failure).hasMessageContaining("enwiki-words-frequency.txt is missing; hashtags are split with it");
    }

    @Test
    void shouldFetchSafetensorsWhereThereIsNothingElse() throws IOException {
        // Given
        Path copy = Files.createDirectory(temp.resolve("copy"));
        Files.copy(MODEL.bart().resolve("flax_model.msgpack"), copy.resolve("flax_model.msgpack"));
        SafetensorsForm.convert(copy);
        hub.files(BART).remove("flax_model.msgpack");
        hub.files(BART).put("model.safetensors", Files.readAllBytes(copy.resolve("model.safetensors")));

        // When
        Path pulled = pull(false).folder();

        // Then
        assertThat(pulled.resolve("dalle-bart/model.safetensors"))
                .hasSameBinaryContentAs(copy.resolve("model.safetensors"));
        assertThat(ModelCheck.problemsOfValues(pulled)).isEmpty();
    }

    @Test
    void shouldAskForATokenWhereNoneIsSet() {
        // Given
        hub.requiredToken = "hf_right";

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.DENIED);
        assertThat(failure)
                .hasMessageContaining("ada/bart at " + hub.address() + " is private or does not exist: set HF_TOKEN");
    }

    @Test
    void shouldSayThatATokenWasRefusedWithoutShowingIt() {
        // Given
        hub.requiredToken = "hf_right";
        token = "hf_wrong";

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.DENIED);
        assertThat(failure)
                .hasMessageContaining("refuses the token in HF_TOKEN")
                .hasMessageContaining("gated: accept the conditions at " + hub.address() + "/ada/bart")
                .hasMessageNotContaining("hf_wrong");
        assertThat(told.toString(UTF_8)).doesNotContain("hf_wrong");
    }

    @Test
    void shouldNotBlameTheTokenIfTheStorageHostRefuses() {
        // Given
        token = "hf_right";
        hub.failGet(WEIGHTS, Fault.status(403));

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.DENIED);
        assertThat(failure)
                .hasMessageContaining("storage host behind the hub answers 403")
                .hasMessageNotContaining("HF_TOKEN")
                .hasMessageNotContaining("signature");
    }

    @Test
    void shouldLeaveACircleOfRedirects() {
        // Given
        hub.failGet(
                "revision/main",
                Collections.nCopies(50, Fault.status(302, "Location", "main")).toArray(Fault[]::new));

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessageContaining("in a circle");
    }

    @Test
    void shouldCountSilenceAsACut() throws IOException {
        // Given
        stall = Duration.ofMillis(300);
        var never = new CountDownLatch(1);
        hub.failGet(WEIGHTS, Fault.silentAfter(1000, never));

        // When
        PulledModel pulled = pull(false);

        // Then
        assertThat(pulled.fetched()).isTrue();
        assertThat(hub.downloads("storage", WEIGHTS)).extracting(Seen::range).containsExactly(null, "bytes=1000-");
        never.countDown();
    }

    @Test
    void shouldEndWhenAskedTo() throws IOException {
        // Given: the user ends it while nothing comes
        var never = new CountDownLatch(1);
        Fault silence = Fault.silentAfter(1000, never);
        hub.failGet(WEIGHTS, (exchange, content) -> {
            stopped.set(true);
            silence.answer(exchange, content);
        });

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.INTERRUPTED);
        never.countDown();
        stopped.set(false);
        assertThat(pull(false).fetched()).isTrue();
    }

    @Test
    void shouldFetchNothingTwice() throws IOException {
        // Given
        pull(false);
        int before = hub.seen().size();

        // When
        PulledModel again = pull(false);

        // Then
        assertThat(again.fetched()).isFalse();
        assertThat(hub.seen().subList(before, hub.seen().size()))
                .allMatch(seen -> seen.path().startsWith("/api/"));
    }

    @Test
    void shouldKeepTheHubsReadmeBesideTheModel() throws IOException {
        // Given: pulled before there was one
        pull(false);
        hub.files(BART).put("README.md", "## Uses".getBytes(UTF_8));

        // When
        PulledModel again = pull(false);
        hub.files(BART).put("README.md", "## Other uses".getBytes(UTF_8));
        PulledModel edited = pull(false);

        // Then: it is no other version of the model
        assertThat(again.fetched()).isFalse();
        assertThat(edited.fetched()).isFalse();
        assertThat(edited.folder().resolve("README.md")).hasContent("## Uses");
        assertThat(edited.provenance().files()).noneMatch(file -> file.path().contains("README"));
    }

    @Test
    void shouldPullAModelWithoutAReadmeThatCannotBeHad() throws IOException {
        // Given
        hub.files(BART).put("README.md", new byte[(1 << 20) + 1]);

        // When
        PulledModel large = pull(false);

        // Then
        assertThat(large.folder().resolve("README.md")).doesNotExist();
        assertThat(told.toString(UTF_8)).contains("README.md has 1048577 bytes and is left out");

        // When: or the hub does not give it
        hub.files(BART).put("README.md", "## Uses".getBytes(UTF_8));
        hub.failGet("README.md", Fault.status(403, "X-Error-Code", "GatedRepo"));
        PulledModel refused = pull(false);

        // Then
        assertThat(filesIn(refused.folder())).noneMatch(file -> file.contains("README"));
        assertThat(told.toString(UTF_8)).contains("The model comes without its README.md: ");
        assertThat(pull(false).folder().resolve("README.md")).hasContent("## Uses");
    }

    @Test
    void shouldReplaceAnotherVersionOnlyWhenAskedTo() throws IOException {
        // Given
        pull(false);
        byte[] old = Files.readAllBytes(home().folder("ada").resolve("dalle-bart/flax_model.msgpack"));
        hub.publish(BART, Goldens.open().vqganSets().get(1).bart());
        hub.publish(VQGAN, Goldens.open().vqganSets().get(1).vqgan());
        hub.commit = "f".repeat(40);

        // When
        PullException failure = failure();
        byte[] kept = Files.readAllBytes(home().folder("ada").resolve("dalle-bart/flax_model.msgpack"));
        PulledModel replaced = pull(true);

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessageContaining(FakeHub.COMMIT).hasMessageContaining("--replace");
        assertThat(kept).isEqualTo(old);
        assertThat(requireNonNull(replaced.provenance().dalleBart()).commit()).isEqualTo("f".repeat(40));
        assertSameFiles(
                Goldens.open().vqganSets().get(1).bart(), replaced.folder().resolve("dalle-bart"));
        assertThat(Files.exists(work(".old"))).isFalse();
    }

    @Test
    void shouldPutBackWhatAKilledProcessHadSetAside() throws IOException {
        // Given: killed between the two renames of a replacement
        Path folder = pull(false).folder();
        Files.move(folder, work(".old"));

        // When
        PulledModel again = pull(false);

        // Then
        assertThat(again.fetched()).isFalse();
        assertThat(again.folder()).isDirectory();
    }

    @Test
    void shouldFetchAgainWhatWasDamagedHere() throws IOException {
        // Given
        Path weights = pull(false).folder().resolve("vqgan/flax_model.msgpack");
        Files.delete(weights);

        // When
        PulledModel again = pull(false);

        // Then
        assertThat(again.fetched()).isTrue();
        assertThat(weights).exists();
    }

    @Test
    void shouldNotReplaceAFolderThatWasNotPulled() throws IOException {
        // Given
        Files.createDirectories(home().folder("ada"));

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessageContaining("was not pulled");
    }

    @Test
    void shouldNotPullBesideAnotherProcess() throws IOException {
        // Given
        try (ProcessLock held = ProcessLock.tryAcquire(work(".lock")).orElseThrow()) {

            // When
            PullException failure = failure();

            // Then
            assertThat(held).isNotNull();
            assertThat(failure.kind()).isEqualTo(Kind.BUSY);
            assertThat(failure)
                    .hasMessageContaining("process " + ProcessHandle.current().pid() + " is pulling ada");
        }
    }

    @Test
    void shouldFetchWeightsInShards() throws IOException {
        // Given
        byte[] weights = hub.files(VQGAN).remove("flax_model.msgpack");
        hub.files(VQGAN).put("flax_model-00001-of-00001.msgpack", weights);
        hub.files(VQGAN).put("flax_model.msgpack.index.json", index("flax_model-00001-of-00001.msgpack"));

        // When
        PulledModel pulled = pull(false);

        // Then
        assertThat(filesIn(pulled.folder().resolve("vqgan")))
                .containsExactly("config.json", "flax_model-00001-of-00001.msgpack", "flax_model.msgpack.index.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../../escape", "/etc/passwd", "..", "a/b", "", ".hidden", "config.json", "a.part"})
    void shouldNotFollowAnIndexOutOfTheFolder(String name) throws IOException {
        // Given
        hub.files(VQGAN).remove("flax_model.msgpack");
        hub.files(VQGAN).put(name, new byte[10]);
        hub.files(VQGAN).put("flax_model.msgpack.index.json", index(name));

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.DAMAGED);
        assertThat(failure).hasMessageContaining("flax_model.msgpack.index.json");
        assertThat(filesIn(temp)).noneMatch(file -> file.contains("escape"));
    }

    @Test
    void shouldNotReadAnIndexWithoutEnd() {
        // Given
        hub.files(VQGAN).remove("flax_model.msgpack");
        hub.files(VQGAN).put("flax_model.msgpack.index.json", new byte[20_000_000]);

        // When / Then
        assertThat(failure()).hasMessageContaining("no such file is that large");
    }

    @Test
    void shouldAskForSizesWhereTheListHasNamesOnly() throws IOException {
        // Given
        hub.listsNamesOnly = true;

        // When
        PulledModel pulled = pull(false);

        // Then
        assertThat(pulled.provenance().files()).allMatch(file -> file.identity().matches("\\d+ (sha256|git-sha1):.*"));
    }

    @ParameterizedTest
    @CsvSource({"1125899906842624, DISK, make room", "1125899906842625, DAMAGED, no file has"})
    void shouldNotBeginWhatTheDiskCannotHold(long bytes, Kind kind, String message) {
        // Given
        hub.claimedSize = bytes;

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessageContaining(message);
        assertThat(hub.downloads("storage", "")).isEmpty();
    }

    @Test
    void shouldGoOnOnceThereIsRoomWhereTheDiskFillsUpMeanwhile() throws Exception {
        SmallDisk.on(temp, 16 << 20, disk -> {
            // Given: others write as well
            pulled = disk.resolve("pulled");
            Path ballast = disk.resolve("ballast");
            hub.failGet(WEIGHTS, (exchange, content) -> {
                SmallDisk.fill(ballast);
                Fault.whole().answer(exchange, content);
            });

            // When
            PullException failure = failure();

            // Then
            assertThat(failure.kind()).isEqualTo(Kind.DISK);
            assertThat(failure)
                    .hasMessageContainingAll(
                            "flax_model.msgpack.part cannot be written", "No space left", "make room and pull again");
            assertThat(home().folder("ada")).doesNotExist();

            // When
            Files.delete(ballast);
            pull(false);

            // Then
            assertSameFiles(MODEL.bart(), home().folder("ada").resolve("dalle-bart"));
            assertSameFiles(MODEL.vqgan(), home().folder("ada").resolve("vqgan"));
        });
    }

    @Test
    void shouldRefuseWhatIsNoModel() {
        // Given
        hub.files(VQGAN).put("config.json", "{\"n_embed\": -1}".getBytes(UTF_8));

        // When
        PullException failure = failure();

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.DAMAGED);
        assertThat(failure).hasMessageContaining("not a model that can be used");
        assertThat(home().folder("ada")).doesNotExist();
    }

    @Test
    void shouldRefusePlainHttpUnlessAllowed() {
        // Given
        var pull = new ModelPull(home(), false, stopped::get, progress(), PAUSES, stall);

        // When
        PullException failure = catchThrowableOfType(
                PullException.class,
                () -> pull.run(request(BART), new HubAccess(hub.address(), null), Map.of(), false));

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessageContaining("--allow-http");
        assertThat(hub.seen()).isEmpty();
    }

    @Test
    void shouldFetchFromAFolderOfAWebServer() throws IOException {
        // Given
        publishFolder();

        // When
        PulledModel pulled = pull(web(), false);

        // Then
        assertThat(pulled.provenance().vqgan())
                .isEqualTo(new ModelOrigin.Origin(hub.address() + "/web/model/vqgan", null, null));
        assertSameFiles(MODEL.bart(), pulled.folder().resolve("dalle-bart"));
        assertThat(pull(web(), false).fetched()).isFalse();
    }

    @Test
    void shouldNotJoinTwoVersionsOfAFileThatHasNoHash() throws IOException {
        // Given: a file of a web server that is changed while it is fetched
        publishFolder();
        Map<String, byte[]> files = hub.files("model/vqgan");
        hub.failGet("model/vqgan/flax_model.msgpack", (exchange, content) -> {
            Fault.cutAfter(1000).answer(exchange, content);
            byte[] changed = content.clone();
            changed[100] ^= 1; // within the first array
            files.put("flax_model.msgpack", changed);
        });

        // When
        PulledModel pulled = pull(web(), false);

        // Then
        assertThat(hub.downloads("hub", "model/vqgan/flax_model.msgpack"))
                .extracting(Seen::range)
                .containsExactly(null, "bytes=1000-");
        assertThat(hub.downloads("hub", "model/vqgan/flax_model.msgpack").get(1).ifRange())
                .startsWith("\"");
        assertThat(pulled.folder().resolve("vqgan/flax_model.msgpack"))
                .hasBinaryContent(files.get("flax_model.msgpack"));
    }

    private void publishFolder() throws IOException {
        hub.publish("model/dalle-bart", MODEL.bart()).publish("model/vqgan", MODEL.vqgan());
    }

    private String web() {
        return hub.address() + "/web/model/";
    }

    private static byte[] index(String shard) {
        return ("{\"weight_map\": {\"decoder/conv_in/bias\": \"" + shard + "\"}}").getBytes(UTF_8);
    }

    private PulledModel pull(boolean replace) throws IOException {
        return pull(BART, replace);
    }

    private PulledModel pull(String model, boolean replace) throws IOException {
        var pull = new ModelPull(home(), true, stopped::get, progress(), PAUSES, stall);
        return pull.run(request(model), new HubAccess(hub.address(), token), Map.of(), replace);
    }

    private PullException failure() {
        return failure(BART);
    }

    private PullException failure(String model) {
        return catchThrowableOfType(PullException.class, () -> pull(model, false));
    }

    private static PullRequest request(String model) throws PullException {
        boolean web = model.startsWith("http");
        return PullRequest.parse(model, null, web ? null : VQGAN + "@refs/pr/1", "ada");
    }

    private PullProgress progress() {
        return new PullProgress(new PrintStream(told, true, UTF_8), false, System::nanoTime);
    }

    private ModelHome home() {
        return new ModelHome(pulled);
    }

    private Path work(String suffix) {
        return home().path().resolve(".ada" + suffix);
    }

    private static void assertSameFiles(Path expected, Path actual) throws IOException {
        assertThat(filesIn(actual)).isEqualTo(filesIn(expected));
        for (String name : filesIn(expected)) {
            assertThat(actual.resolve(name)).hasSameBinaryContentAs(expected.resolve(name));
        }
    }

    private static List<String> filesIn(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
