package org.dallemini.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.config.ModelFit;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.SafetensorsForm;
import org.dallemini.dalle.text.TextProcessor;
import org.dallemini.dalle.vqgan.VqganDecoder;
import org.dallemini.images.ImageDecoderConfig;
import org.dallemini.images.ImageDecoderStage;
import org.dallemini.models.ModelCheck;
import org.dallemini.models.ModelInfo;
import org.dallemini.tokens.TokenGenerator;
import org.dallemini.tokens.TokenGeneratorConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong with a file of a model: models verify names it, and the stage that needs it does not start. */
class DamagedModelTest {
    private static final Goldens.Set MODEL = Goldens.open().vqganSets().get(0);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BART = "dalle-bart/", VQGAN = "vqgan/";
    private static final String CONFIG = BART + "config.json", WEIGHTS = BART + "flax_model.msgpack";
    private static final String TOKENIZER = BART + "tokenizer.json", GENERATION = BART + "generation_config.json";
    private static final String SPECIAL = BART + "special_tokens_map.json", MERGES = BART + "merges.txt";
    private static final String VOCABULARY = BART + "vocab.json", WORDS = BART + "enwiki-words-frequency.txt";
    private static final String VQGAN_CONFIG = VQGAN + "config.json", VQGAN_WEIGHTS = VQGAN + "flax_model.msgpack";
    private static final List<String> FILES = List.of(
            CONFIG,
            GENERATION,
            WEIGHTS,
            TOKENIZER,
            BART + "tokenizer_config.json",
            SPECIAL,
            VOCABULARY,
            MERGES,
            WORDS,
            VQGAN_CONFIG,
            VQGAN_WEIGHTS);

    @TempDir
    Path temp;

    private Path model;

    private interface Damage {
        void to(Path file) throws IOException;
    }

    /** A file, what was done to it, how, and what is said of it. */
    private static Arguments damaged(String file, String name, Damage damage, String message) {
        return Arguments.of(file, name, damage, message);
    }

    static Stream<Arguments> inPlaceOfAFile() {
        return FILES.stream()
                .flatMap(file -> Stream.of(
                        damaged(file, "empty", f -> Files.write(f, new byte[0]), "is empty; copy it"),
                        damaged(file, "git-lfs", DamagedModelTest::pointer, "run \"git lfs pull\""),
                        damaged(
                                file,
                                "web page",
                                f -> Files.writeString(f, "<!DOCTYPE html>\n<html><title>404</title>"),
                                "is a web page"),
                        damaged(file, "gzip", DamagedModelTest::compress, "is compressed (gzip); unpack it"),
                        damaged(
                                file,
                                "folder",
                                f -> {
                                    Files.delete(f);
                                    Files.createDirectory(f);
                                },
                                "is a folder, not a file"),
                        damaged(
                                file,
                                "dangling link",
                                f -> {
                                    Files.delete(f);
                                    Files.createSymbolicLink(f, Path.of("../blobs/1f"));
                                },
                                "is a link to ../blobs/1f, which is not there")));
    }

    static Stream<Arguments> insideAFile() {
        return Stream.of(
                        Stream.of(CONFIG, TOKENIZER, GENERATION, SPECIAL, VOCABULARY, VQGAN_CONFIG)
                                .flatMap(file -> Stream.of(
                                        damaged(file, "cut off", DamagedModelTest::halve, "is cut off"),
                                        damaged(
                                                file,
                                                "a list",
                                                f -> Files.writeString(f, "[1]"),
                                                "is not a JSON object but array"),
                                        damaged(
                                                file,
                                                "a text",
                                                f -> Files.writeString(f, "Entry not found"),
                                                "is not JSON"),
                                        damaged(
                                                file,
                                                "twice",
                                                f -> Files.writeString(f, Files.readString(f) + Files.readString(f)),
                                                "goes on after its JSON object"))),
                        Stream.of(WEIGHTS, VQGAN_WEIGHTS)
                                .flatMap(file -> Stream.of(
                                        damaged(file, "cut off", DamagedModelTest::halve, "is cut off, at byte"),
                                        damaged(
                                                file,
                                                "more behind it",
                                                f -> Files.write(f, new byte[3], StandardOpenOption.APPEND),
                                                "ends at byte"),
                                        damaged(
                                                file,
                                                "a text",
                                                f -> Files.writeString(f, "Entry not found"),
                                                "is not as Flax writes it"),
                                        damaged(
                                                file,
                                                "of the other part",
                                                f -> Files.copy(
                                                        (file.equals(WEIGHTS) ? MODEL.vqgan() : MODEL.bart())
                                                                .resolve("flax_model.msgpack"),
                                                        f,
                                                        StandardCopyOption.REPLACE_EXISTING),
                                                "does not belong to its config.json"))),
                        Stream.of(CONFIG, TOKENIZER, WEIGHTS, WORDS, VQGAN_CONFIG, VQGAN_WEIGHTS)
                                .map(file -> damaged(
                                        file,
                                        "missing",
                                        Files::delete,
                                        file.endsWith(".msgpack")
                                                ? "has neither flax_model.msgpack nor"
                                                : "is missing")),
                        config(),
                        tokenizer(),
                        words(),
                        weights())
                .flatMap(s -> s)
                // without it vocab.json and merges.txt are read, as of an old checkpoint
                .filter(a -> !(a.get()[0].equals(TOKENIZER) && a.get()[1].equals("missing")));
    }

    private static Stream<Arguments> config() {
        return Stream.of(
                set(CONFIG, "d_model", 63, "encoder_attention_heads"),
                set(CONFIG, "d_model", 128, "does not belong to its config.json"),
                set(CONFIG, "encoder_layers", 1, "speaks of no such parameter"),
                set(CONFIG, "decoder_layers", 9, "is missing; the checkpoint is incomplete"),
                set(CONFIG, "encoder_vocab_size", 690, "embed_tokens/embedding"),
                set(CONFIG, "image_vocab_size", 65536, "must be a whole number from 1 to 65535"),
                set(CONFIG, "image_length", 17, "embed_positions/embedding"),
                set(CONFIG, "max_text_length", 1, "max_text_length = 1 must be"),
                set(CONFIG, "decoder_start_token_id", 66, "decoder_start_token_id = 66 must be"),
                set(CONFIG, "decoder_start_token_id", 5, "the two models do not belong together"),
                set(CONFIG, "eos_token_id", -1, "eos_token_id = -1 must be"),
                set(CONFIG, "pad_token_id", "1", "pad_token_id = \"1\" must be"),
                set(CONFIG, "normalize_text", "yes", "must be true or false"),
                set(CONFIG, "use_bias", true, "use_bias = true is not supported"),
                set(VQGAN_CONFIG, "n_embed", 63, "a codebook smaller than the 64"),
                set(VQGAN_CONFIG, "n_embed", 128, "a codebook larger than the 64"),
                set(VQGAN_CONFIG, "resolution", 128, "an image has 64 tokens"),
                set(VQGAN_CONFIG, "num_res_blocks", 5, "is missing; the checkpoint is incomplete"),
                set(VQGAN_CONFIG, "embed_dim", 7, "quantize/embedding/embedding"),
                set(VQGAN_CONFIG, "ch", 33, "must be a multiple of 32"),
                set(VQGAN_CONFIG, "ch_mult", "1", "must be a list of whole numbers"),
                set(GENERATION, "temperature", 0, "must be a number above 0"),
                set(GENERATION, "temperature", "1", "must be a number above 0"),
                set(GENERATION, "top_k", -1, "must be a whole number from 0"),
                set(GENERATION, "top_k", 1.5, "must be a whole number from 0"),
                set(GENERATION, "top_p", 2, "must be a number above 0, at most 1"),
                set(GENERATION, "condition_scale", List.of(), "must be a number from 0"));
    }

    private static Stream<Arguments> tokenizer() {
        return Stream.of(
                edit(
                        TOKENIZER,
                        "an id beyond",
                        t -> vocabulary(t).put("Ġ", 700),
                        "gives Ġ the id 700, but the model knows 700"),
                edit(TOKENIZER, "an id twice", t -> vocabulary(t).put("Ġ", 5), "gives the id 5 to"),
                edit(TOKENIZER, "an id below 0", t -> vocabulary(t).put("Ġ", -1), "which is not a whole number from 0"),
                edit(
                        TOKENIZER,
                        "an id of text",
                        t -> vocabulary(t).put("Ġ", "7"),
                        "which is not a whole number from 0"),
                edit(TOKENIZER, "a token less", t -> vocabulary(t).remove("Ġ"), "needs Ġ for merge"),
                edit(
                        TOKENIZER,
                        "no start",
                        t -> vocabulary(t).remove("<s>"),
                        "are not a start and an end that the model knows"),
                edit(TOKENIZER, "no vocabulary", t -> model(t).putObject("vocab"), "has no model.vocab"),
                edit(TOKENIZER, "no merges", t -> model(t).remove("merges"), "has no model.merges"),
                edit(
                        TOKENIZER,
                        "a merge of one",
                        t -> model(t).withArray("merges").add("lonely"),
                        "which is not two tokens"),
                edit(
                        TOKENIZER,
                        "another type",
                        t -> model(t).put("type", "WordPiece"),
                        "of type \"WordPiece\", not BPE"),
                edit(TOKENIZER, "no ends", t -> t.putNull("post_processor"), "are not a start and an end"),
                edit(
                        TOKENIZER,
                        "another end",
                        t -> ((ObjectNode) t.get("post_processor"))
                                .putArray("sep")
                                .add("</s>")
                                .add(3),
                        "are not a start and an end"),
                edit(
                        TOKENIZER,
                        "an end beyond",
                        t -> ((ObjectNode) t.get("post_processor"))
                                .putArray("sep")
                                .add("</s>")
                                .add(7000),
                        "are not a start and an end"),
                edit(
                        TOKENIZER,
                        "an added token of another id",
                        t -> t.withArray("added_tokens")
                                .addObject()
                                .put("content", "<s>")
                                .put("id", 9),
                        "gives the added token <s> the id 9, which is 0"),
                edit(VOCABULARY, "of another model", t -> t.put("<s>", 1), "gives <s> the id 1, tokenizer.json 0"),
                edit(SPECIAL, "a number as token", t -> t.put("mask_token", 5), "has 5 as mask_token"),
                edit(SPECIAL, "a list as token", t -> t.putArray("bos_token"), "has [] as bos_token"),
                damaged(
                        MERGES,
                        "no UTF-8",
                        f -> Files.writeString(f, "caf\u00E9 a\n", StandardCharsets.ISO_8859_1),
                        "is not UTF-8 text"));
    }

    private static Stream<Arguments> words() {
        return Stream.of(
                damaged(
                        WORDS,
                        "cut off",
                        f -> Files.writeString(
                                f, Files.readString(f).substring(0, 500).strip().replaceFirst("\\s\\S+$", "")),
                        "is cut off in line"),
                damaged(
                        WORDS,
                        "no UTF-8",
                        f -> Files.write(f, new byte[] {'a', (byte) 0xE9, ' ', '1', '\n'}),
                        "is not UTF-8"),
                damaged(WORDS, "a blank line", f -> Files.writeString(f, "a 2\n\nb 1\n"), "has no word in line 2"),
                damaged(WORDS, "no such words", f -> Files.writeString(f, "ДОМ 2\nКОТ 1\n"), "has no word of a-z"),
                damaged(WORDS, "one line", f -> Files.writeString(f, "a".repeat(5000)), "more than 4096 characters"));
    }

    private static Stream<Arguments> weights() {
        return Stream.of(
                rename(WEIGHTS, "lm_head", "lm_dead", "lm_head/kernel is missing"),
                rename(WEIGHTS, "q_proj", "q_prof", "speaks of no such parameter"),
                rename(WEIGHTS, "float32", "float64", "weights must be float32, float16 or bfloat16"),
                rename(VQGAN_WEIGHTS, "post_quant_conv", "past_quant_conv", "post_quant_conv/bias is missing"),
                damaged(WEIGHTS, "no number", f -> noNumber(f, "final_ln"), "has NaN as element 0"),
                damaged(VQGAN_WEIGHTS, "no number", f -> noNumber(f, "conv_in"), "has NaN as element 0"));
    }

    private static Arguments set(String file, String key, Object value, String message) {
        return edit(file, key + " = " + value, json -> json.set(key, JSON.valueToTree(value)), message);
    }

    private static Arguments edit(String file, String name, Consumer<ObjectNode> change, String message) {
        return damaged(
                file,
                name,
                f -> {
                    ObjectNode json = (ObjectNode) JSON.readTree(f.toFile());
                    change.accept(json);
                    Files.writeString(f, json.toString());
                },
                message);
    }

    private static ObjectNode model(ObjectNode tokenizer) {
        return (ObjectNode) tokenizer.get("model");
    }

    private static ObjectNode vocabulary(ObjectNode tokenizer) {
        return (ObjectNode) model(tokenizer).get("vocab");
    }

    /** Of the same length, so that all else stays where it is. */
    private static Arguments rename(String file, String from, String to, String message) {
        return damaged(file, to, f -> latin(f, text -> text.replace(from, to)), message);
    }

    private static void latin(Path file, UnaryOperator<String> change) throws IOException {
        String latin = Files.readString(file, StandardCharsets.ISO_8859_1);
        Files.writeString(file, change.apply(latin), StandardCharsets.ISO_8859_1);
    }

    /** The first element of the first array of this module's, which is a bias, becomes NaN. */
    private static void noNumber(Path file, String module) throws IOException {
        latin(file, text -> {
            int type = text.indexOf("float32", text.indexOf(module));
            int header = 1 + (text.charAt(type + 7) == 0xC4 ? 1 : text.charAt(type + 7) == 0xC5 ? 2 : 4);
            int first = type + 7 + header;
            return text.substring(0, first) + "\u0000\u0000\u00C0\u007F" + text.substring(first + 4);
        });
    }

    private static void pointer(Path file) throws IOException {
        Files.writeString(
                file,
                "version https://git-lfs.github.com/spec/v1\noid sha256:" + "4d7a".repeat(16) + "\nsize "
                        + Files.size(file) + "\n");
    }

    private static void compress(Path file) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(Files.readAllBytes(file));
        }
        Files.write(file, bytes.toByteArray());
    }

    private static void halve(Path file) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    }

    @BeforeEach
    void copyTheModel() throws IOException {
        model = temp.resolve("model");
        for (Path part : List.of(MODEL.bart(), MODEL.vqgan())) {
            Path to = Files.createDirectories(model.resolve(part.getFileName()));
            try (Stream<Path> files = Files.list(part)) {
                files.forEach(file -> copy(file, to.resolve(file.getFileName())));
            }
        }
        Files.writeString(model.resolve(GENERATION), "{\"top_k\": 50, \"condition_scale\": 10.0}");
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource({"inPlaceOfAFile", "insideAFile"})
    void shouldBeRefusedByVerifyAndByItsStage(String file, String name, Damage damage, String message)
            throws IOException {
        // Given
        damage.to(model.resolve(file));

        // When
        List<String> problems = ModelCheck.problemsOfValues(model);
        Throwable refusal = catchThrowable(() -> start(file.startsWith(VQGAN)));

        // Then
        assertThat(problems).anySatisfy(problem -> assertThat(problem)
                .contains(model.resolve(file).resolveSibling("").toString())
                .contains(message));
        assertThat(refusal).isInstanceOf(ModelException.class);
        String first = String.valueOf(refusal.getMessage()).replaceFirst(" \\(and \\d+ more; .*", "");
        assertThat(String.join("; ", problems)).contains(first);
    }

    @Test
    void shouldPassIntact() throws IOException {
        assertThat(ModelCheck.problemsOfValues(model)).isEmpty();
        ModelFolder folder = ModelFolder.open(model);
        ModelFit.require(folder);
        var cache = new ModelCache(temp.resolve("cache"));
        var sessions = new Sessions(1);
        TextProcessor.open(folder.bart(), BartConfig.read(folder.bart())).close();
        BartModel.open(folder.bart(), cache, sessions, Precision.FP32).close();
        VqganDecoder.open(folder.vqgan(), cache, sessions, Precision.FP32).close();
    }

    @Test
    void shouldDrawTheSameFromSafetensorsAlone() throws IOException {
        // Given
        shouldPassIntact();
        SafetensorsForm.convert(model.resolve("dalle-bart"));
        SafetensorsForm.convert(model.resolve("vqgan"));

        // When
        shouldPassIntact();

        // Then: the graphs of both are the same, byte by byte
        assertThat(ModelInfo.read(model, new ModelCache(temp.resolve("cache"))).dalleBart())
                .satisfies(bart -> assertThat(bart.weights().files()).containsExactly("model.safetensors"));
        Map<String, List<Path>> graphs;
        try (Stream<Path> files = Files.walk(temp.resolve("cache"))) {
            graphs = files.filter(file -> file.toString().matches(".*\\.(onnx|data)"))
                    .collect(Collectors.groupingBy(file -> String.valueOf(file.getFileName())));
        }
        assertThat(graphs).hasSize(6);
        for (List<Path> both : graphs.values()) {
            assertThat(both).hasSize(2);
            assertThat(both.get(0)).hasSameBinaryContentAs(both.get(1));
        }
    }

    @Test
    void shouldPassWithAByteOrderMarkBeforeText() throws IOException {
        for (String file : List.of(CONFIG, TOKENIZER, SPECIAL, GENERATION, WORDS, MERGES, VQGAN_CONFIG)) {
            byte[] text = Files.readAllBytes(model.resolve(file));
            Files.write(model.resolve(file), ("\uFEFF" + new String(text, UTF_8)).getBytes(UTF_8));
        }
        shouldPassIntact();
    }

    @Test
    void shouldNotAskForWordsWhereTextIsReadAsItIs() throws IOException {
        ObjectNode config = (ObjectNode) JSON.readTree(model.resolve(CONFIG).toFile());
        Files.writeString(
                model.resolve(CONFIG), config.put("normalize_text", false).toString());
        Files.delete(model.resolve(WORDS));
        assertThat(ModelCheck.problems(model)).isEmpty();
    }

    /** Each line is one file: nobody wants to find them out one by one. */
    @Test
    void shouldNameEveryFileAtOnce() throws IOException {
        for (String file : FILES) {
            pointer(model.resolve(file));
        }
        assertThat(ModelCheck.problems(model)).hasSameSizeAs(FILES).allSatisfy(problem -> assertThat(problem)
                .contains("git lfs pull"));
    }

    private void start(boolean decoder) throws IOException {
        Map<String, String> values = Map.of(
                "bootstrap.servers",
                "127.0.0.1:1",
                "schema.registry.url",
                "http://127.0.0.1:1",
                "model",
                model.toString(),
                "model.cache",
                temp.resolve("cache").toString());
        if (decoder) {
            ImageDecoderStage.start(new ImageDecoderConfig(values), new SimpleMeterRegistry())
                    .close();
        } else {
            TokenGenerator.start(new TokenGeneratorConfig(values), new SimpleMeterRegistry())
                    .close();
        }
        throw new AssertionError("started");
    }
}
