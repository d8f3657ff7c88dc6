package org.dallemini.policy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What may not be asked for: a JSON file. The first category that a text falls under and that is refused decides; else
 * the first that is flagged.
 *
 * @param name of the policy, in every verdict
 * @param version likewise; change it with every change
 * @param categories in the order in which they are asked
 * @param insults from which score of {@link InsultClassifier} on a text falls under the category {@code insult}; null
 *     for never
 */
record Policy(
        String name,
        String version,
        List<Category> categories,
        @Nullable Insults insults) {
    static final String INSULT = "insult";

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,31}");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What is done with a text. */
    enum Action {
        @JsonProperty("flag")
        FLAG,
        @JsonProperty("refuse")
        REFUSE
    }

    /**
     * Kinds of requests.
     *
     * @param terms of which a text has at least one, outside of the exceptions
     * @param with of which it has one as well, in other words of it; null if the terms are enough
     * @param exceptions phrases that are harmless though they contain terms
     */
    record Category(
            String name,
            Action action,
            Terms terms,
            @Nullable Terms with,
            Terms exceptions) {
        @JsonCreator
        static Category of(
                @JsonProperty(value = "name", required = true) String name,
                @JsonProperty(value = "action", required = true) Action action,
                @JsonProperty(value = "terms", required = true) List<String> terms,
                @JsonProperty("with") @Nullable List<String> with,
                @JsonProperty("exceptions") @Nullable List<String> exceptions) {
            requireName("name of a category", name);
            return new Category(
                    name,
                    action,
                    new Terms(terms),
                    with == null ? null : new Terms(with),
                    new Terms(exceptions == null ? List.of() : exceptions));
        }

        /** Whether a text falls under it. */
        boolean covers(List<Set<String>> text) {
            List<Terms.Span> found = terms.find(text);
            if (found.isEmpty()) {
                return false;
            }
            List<Terms.Span> harmless = exceptions.find(text);
            List<Terms.Span> others = with == null ? List.of() : with.find(text);
            return found.stream()
                    .filter(span -> harmless.stream().noneMatch(span::overlaps))
                    .anyMatch(span -> with == null || others.stream().anyMatch(other -> !other.overlaps(span)));
        }
    }

    /** From which score on, 0 to 1, which action is taken; null for never. */
    record Insults(
            @JsonProperty("flagAbove") @Nullable Double flagAbove,
            @JsonProperty("refuseAbove") @Nullable Double refuseAbove) {
        Insults {
            requireScore(flagAbove);
            requireScore(refuseAbove);
        }

        private static void requireScore(@Nullable Double score) {
            if (score != null && !(score >= 0 && score <= 1)) {
                throw new IllegalArgumentException(score + " is no score of insults; use 0 to 1");
            }
        }
    }

    @JsonCreator
    Policy(
            @JsonProperty(value = "name", required = true) String name,
            @JsonProperty(value = "version", required = true) String version,
            @JsonProperty(value = "categories", required = true) List<Category> categories,
            @JsonProperty("insults") @Nullable Insults insults) {
        requireName("name", name);
        requireName("version", version);
        Set<String> names = new HashSet<>(Set.of(INSULT));
        for (Category category : categories) {
            if (!names.add(category.name)) {
                throw new IllegalArgumentException("there are two categories \"" + category.name + "\"");
            }
        }
        this.name = name;
        this.version = version;
        this.categories = List.copyOf(categories);
        this.insults = insults;
    }

    private static void requireName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" cannot be the " + what + "; use up to 32 of a-z, 0-9, '.', '_' and '-'");
        }
    }

    /** The one that is shipped. */
    static Policy shipped() {
        try (InputStream in = Resources.open("policy.json")) {
            return JSON.readValue(in, Policy.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A policy of an operator's own.
     *
     * @throws IllegalArgumentException if the file is no policy
     */
    static Policy read(Path file) throws IOException {
        try {
            Policy policy = JSON.readValue(Files.readAllBytes(file), Policy.class);
            if (policy == null) {
                throw new IllegalArgumentException(file + " is no policy: it is null");
            }
            return policy;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is no policy: " + e.getOriginalMessage(), e);
        }
    }

    /** For verdicts. */
    String title() {
        return name + " " + version;
    }
}
