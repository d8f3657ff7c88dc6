package org.dallemini.ingest.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.dallemini.ingest.model.Markdown.Block;
import org.jspecify.annotations.Nullable;

/**
 * The README.md of a hub's repository as a card: its front matter, and the sections that such cards have by custom. It
 * is text of strangers, of which as much is taken as a card has room for.
 */
final class HubCard {
    private static final int MAX_ITEMS = 12;
    private static final int MAX_ITEM = 500;
    private static final int MAX_TEXT = 1_000;
    private static final int MAX_WORD = 100;

    /** What hubs have in a template where nobody wrote anything. */
    private static final Pattern NOTHING =
            Pattern.compile("(?i)\\[?(?:more information needed|needs more information).*");

    private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*");
    private static final Pattern ABOUT_BIAS =
            Pattern.compile("(?i).*(?:bias|stereotyp|discriminat|offens|harmful|disturbing|demean|derogat|marginal).*");

    private static final Pattern LIMITS = Pattern.compile("\\blimitations?\\b"),
            BIAS = Pattern.compile("\\bbias(?:es)?\\b");

    /** How SPDX writes licences that hubs write small. */
    private static final Map<String, String> LICENCES = Map.of(
            "apache-2.0", "Apache-2.0",
            "mit", "MIT",
            "cc0-1.0", "CC0-1.0",
            "cc-by-4.0", "CC-BY-4.0",
            "cc-by-sa-4.0", "CC-BY-SA-4.0",
            "cc-by-nc-4.0", "CC-BY-NC-4.0",
            "bsd-3-clause", "BSD-3-Clause",
            "gpl-3.0", "GPL-3.0-only",
            "agpl-3.0", "AGPL-3.0-only");

    /** What a section is about. */
    private enum Topic {
        DESCRIPTION,
        INTENDED,
        EXCLUDED,
        LIMITS,
        BIASES,
        /** Both, as in "Bias, Risks, and Limitations". */
        LIMITS_AND_BIASES,
        TRAINING,
        EMISSIONS,
        LICENCE,
        /** What is known to be none of these, also within one of them. */
        OTHER
    }

    /** A heading above what is being read. */
    private record Heading(int level, @Nullable Topic topic) {}

    private final Map<Topic, List<String>> found = new EnumMap<>(Topic.class);

    private HubCard() {}

    /**
     * The card; empty if the text has nothing that belongs there.
     *
     * @param name that the model has here
     * @param source where the text comes from; null if that is not known
     */
    static Optional<ModelCard> read(byte[] text, String name, @Nullable String source) {
        FrontMatter front = FrontMatter.read(new String(text, StandardCharsets.UTF_8)
                .replace("\ufeff", "")
                .lines()
                .toList());
        HubCard card = new HubCard();
        card.sections(Markdown.read(front.rest()));
        ModelCard read = card.card(front, name, source);
        return read.equals(ModelCard.named(name).withSource(source)) ? Optional.empty() : Optional.of(read);
    }

    private void sections(List<Block> blocks) {
        Deque<Heading> above = new ArrayDeque<>();
        for (Block block : blocks) {
            if (block.level() > 0) {
                while (!above.isEmpty() && above.getLast().level() >= block.level()) {
                    above.removeLast();
                }
                Topic own = topic(block.text());
                Topic around = above.isEmpty() ? null : above.getLast().topic();
                above.addLast(new Heading(block.level(), own == null ? around : own));
                continue;
            }
            Topic around = above.isEmpty() ? null : above.getLast().topic();
            Topic labelled = block.label().map(HubCard::topic).orElse(null);
            Topic topic = labelled == null ? around : labelled;
            String text = topic == around
                    ? block.text()
                    : block.text().replaceFirst("^[^:]*:", "").strip();
            if (topic != null && !text.isEmpty() && !NOTHING.matcher(text).matches()) {
                add(topic, text);
            }
        }
    }

    /** Null for what a card says nothing of; that belongs to the section around it. */
    private static @Nullable Topic topic(String heading) {
        String words = cut(heading, MAX_WORD)
                .toLowerCase(Locale.ROOT)
                .replace('-', ' ')
                .replaceAll("[:.\\s]+$", "");
        boolean isOfLimits = LIMITS.matcher(words).find();
        boolean isOfBias = BIAS.matcher(words).find(); // and not "an unbiased model"
        if (has(words, "how to", "recommendation", "get started", "procedure", "evaluation", "citation")) {
            return Topic.OTHER;
        } else if (has(words, "out of scope", "misuse", "malicious", "prohibited")) {
            return Topic.EXCLUDED;
        } else if (has(words, "direct use", "intended use") || words.equals("uses") || words.equals("use")) {
            return Topic.INTENDED;
        } else if (isOfLimits && isOfBias) {
            return Topic.LIMITS_AND_BIASES;
        } else if (isOfLimits || isOfBias) {
            return isOfLimits ? Topic.LIMITS : Topic.BIASES;
        } else if (words.startsWith("training data")) {
            return Topic.TRAINING;
        } else if (has(words, "environmental impact", "carbon emi", "estimated emissions")) {
            return Topic.EMISSIONS;
        } else if (words.equals("model description") || words.equals("description")) {
            return Topic.DESCRIPTION;
        }
        return words.equals("license") || words.equals("licence") ? Topic.LICENCE : null;
    }

    private static boolean has(String words, String... any) {
        for (String one : any) {
            if (words.contains(one)) {
                return true;
            }
        }
        return false;
    }

    private void add(Topic topic, String text) {
        Topic into = topic != Topic.LIMITS_AND_BIASES
                ? topic
                : ABOUT_BIAS.matcher(text).matches() ? Topic.BIASES : Topic.LIMITS;
        List<String> texts = found.computeIfAbsent(into, key -> new ArrayList<>());
        if (texts.size() < MAX_ITEMS) {
            texts.add(sentence(cut(text, MAX_ITEM)));
        }
    }

    private static String sentence(String text) {
        return ".!?:;…)\"”".indexOf(text.charAt(text.length() - 1)) < 0 ? text + "." : text;
    }

    /** Ends with a sentence if one ends in the second half, else with a word. */
    private static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        String head = text.substring(0, most);
        int sentence = head.lastIndexOf(". ");
        if (sentence >= most / 2) {
            return head.substring(0, sentence + 1);
        }
        int word = head.lastIndexOf(' ');
        boolean isSplit = Character.isHighSurrogate(head.charAt(most - 1));
        return head.substring(0, word >= most / 2 ? word : isSplit ? most - 1 : most) + "…";
    }

    private List<String> list(Topic topic) {
        return found.getOrDefault(topic, List.of());
    }

    private @Nullable String text(Topic topic) {
        List<String> texts = list(topic);
        return texts.isEmpty() ? null : cut(String.join(" ", texts), MAX_TEXT);
    }

    private ModelCard card(FrontMatter front, String name, @Nullable String source) {
        String description = text(Topic.DESCRIPTION);
        String published = word(front.first("model_name"));
        String training = text(Topic.TRAINING);
        List<String> sets = words(front.list("datasets"));
        return new ModelCard(
                name,
                description != null ? description : published != null ? "It was published as " + published + "." : "",
                source,
                words(front.list("language")).stream()
                        .filter(tag -> LANGUAGE.matcher(tag).matches())
                        .toList(),
                List.of(),
                list(Topic.LIMITS),
                list(Topic.BIASES),
                training != null ? training : sets.isEmpty() ? null : "Data sets: " + String.join(", ", sets) + ".",
                list(Topic.INTENDED),
                list(Topic.EXCLUDED),
                licence(front),
                text(Topic.EMISSIONS));
    }

    private @Nullable String licence(FrontMatter front) {
        String licence = word(front.first("license"));
        if (licence == null || licence.equalsIgnoreCase("other")) {
            String named = word(front.first("license_name"));
            String told = text(Topic.LICENCE);
            return named != null ? named : told != null ? cut(told.replaceFirst("\\.$", ""), MAX_WORD) : licence;
        }
        return LICENCES.getOrDefault(licence.toLowerCase(Locale.ROOT), licence);
    }

    private static @Nullable String word(@Nullable String text) {
        String plain = text == null ? "" : Markdown.plain(text);
        return plain.isEmpty() ? null : cut(plain, MAX_WORD);
    }

    private static List<String> words(List<String> texts) {
        List<String> words = new ArrayList<>();
        for (String text : texts) {
            String word = word(text);
            if (word != null && words.size() < MAX_ITEMS) {
                words.add(word);
            }
        }
        return words;
    }
}
