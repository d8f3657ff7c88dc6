package org.dallemini.training.captions;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.text.TextNormalizer;

/** Writes the files of a tokenizer as the original's checkpoints have them. */
public final class TokenizerFolder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern WORD = Pattern.compile("[a-z]+");

    private TokenizerFolder() {}

    private static final Map<String, Object> DRAWING =
            Map.of("condition_scale", 2.0, "temperature", 1.0, "top_k", 50, "top_p", 1.0);

    /**
     * Makes a word list and a tokenizer of captions, and says how a model that learns them is to be drawn with: the
     * original demo's guidance of 10, which is the default without that, ruins the pictures of small models.
     *
     * @param folder is there
     * @param captions as they are; they go through the text normaliser, as in training
     * @param size of the vocabulary at most
     * @return tokens of the vocabulary
     */
    public static int write(Path folder, List<String> captions, int size) throws IOException {
        Path words = folder.resolve(CheckpointFiles.WORD_LIST);
        Files.writeString(words, wordList(captions));
        TextNormalizer normalizer = TextNormalizer.open(words);
        BytePairs pairs =
                BytePairs.learn(captions.stream().map(normalizer::normalize).toList(), size);
        write(folder, "vocab.json", pairs.vocabulary());
        Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\n" + String.join("\n", pairs.merges()) + "\n");
        write(folder, "tokenizer.json", tokenizer(pairs));
        write(folder, "special_tokens_map.json", specialTokens());
        Map<String, Object> config = new LinkedHashMap<>(specialTokens());
        config.put("add_prefix_space", false);
        config.put("errors", "replace");
        config.put("tokenizer_class", "DalleBartTokenizer");
        config.put("trim_offsets", true);
        write(folder, "tokenizer_config.json", config);
        write(folder, CheckpointFiles.GENERATION_CONFIG, DRAWING);
        return pairs.vocabulary().size();
    }

    private static void write(Path folder, String name, Object content) throws IOException {
        Files.write(folder.resolve(name), JSON.writeValueAsBytes(content));
    }

    /** Words with their numbers, the most frequent first: what splits hashtags. */
    private static String wordList(List<String> captions) {
        Map<String, Integer> counts = new HashMap<>();
        for (String caption : captions) {
            for (Matcher matcher = WORD.matcher(caption.toLowerCase(Locale.ROOT)); matcher.find(); ) {
                counts.merge(matcher.group(), 1, Integer::sum);
            }
        }
        StringBuilder list = new StringBuilder();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(word -> list.append(word.getKey())
                        .append(' ')
                        .append(word.getValue())
                        .append('\n'));
        return list.toString();
    }

    private static Map<String, Object> tokenizer(BytePairs pairs) {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "BPE");
        model.put("dropout", null);
        model.put("unk_token", null);
        model.put("continuing_subword_prefix", "");
        model.put("end_of_word_suffix", "");
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        model.put("vocab", pairs.vocabulary());
        model.put("merges", pairs.merges());
        Map<String, Object> tokenizer = new LinkedHashMap<>();
        tokenizer.put("version", "1.0");
        tokenizer.put("truncation", null);
        tokenizer.put("padding", null);
        tokenizer.put("added_tokens", List.of());
        tokenizer.put("normalizer", null);
        tokenizer.put("pre_tokenizer", byteLevel(false));
        Map<String, Object> processor = new LinkedHashMap<>();
        processor.put("type", "RobertaProcessing");
        processor.put("sep", List.of("</s>", pairs.vocabulary().getOrDefault("</s>", 0)));
        processor.put("cls", List.of("<s>", pairs.vocabulary().getOrDefault("<s>", 0)));
        processor.put("trim_offsets", true);
        processor.put("add_prefix_space", false);
        tokenizer.put("post_processor", processor);
        tokenizer.put("decoder", byteLevel(true));
        tokenizer.put("model", model);
        return tokenizer;
    }

    private static Map<String, Object> byteLevel(boolean prefixSpace) {
        return Map.of("type", "ByteLevel", "add_prefix_space", prefixSpace, "trim_offsets", true, "use_regex", true);
    }

    private static Map<String, Object> specialTokens() {
        Map<String, Object> tokens = new LinkedHashMap<>();
        tokens.put("bos_token", special("<s>", false));
        tokens.put("cls_token", special("<s>", false));
        tokens.put("eos_token", special("</s>", false));
        tokens.put("sep_token", special("</s>", false));
        tokens.put("pad_token", special("<pad>", false));
        tokens.put("unk_token", special("<unk>", false));
        tokens.put("mask_token", special(BytePairs.MASK, true));
        return tokens;
    }

    private static Map<String, Object> special(String content, boolean leftStrip) {
        Map<String, Object> token = new LinkedHashMap<>();
        token.put("content", content);
        token.put("lstrip", leftStrip);
        token.put("normalized", true);
        token.put("rstrip", false);
        token.put("single_word", false);
        return token;
    }
}
