package org.dallemini.filter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.dallemini.clip.Clip;
import org.dallemini.clip.Embedding;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.filter.ConceptPolicy.Concept;
import org.jspecify.annotations.Nullable;

/**
 * Looks at pictures for concepts, by a CLIP: its logits of all texts of a policy become probabilities, and those of a
 * concept's texts together are its score. For any number of threads.
 */
final class ConceptJudge implements AutoCloseable {
    private final Clip clip;
    private final float scale;
    private final ConceptPolicy policy;
    private final List<Embedding> neutral;
    private final List<List<Embedding>> concepts;

    /** @param clip closed with this judge */
    ConceptJudge(Clip clip, ConceptPolicy policy) {
        this.clip = clip;
        this.scale = clip.scale();
        this.policy = policy;
        this.neutral = policy.neutral().stream().map(clip::embed).toList();
        this.concepts = policy.concepts().stream()
                .map(concept -> concept.texts().stream().map(clip::embed).toList())
                .toList();
    }

    /** As verdicts name it. */
    String name() {
        return policy.name() + " " + policy.version();
    }

    /**
     * A concept that a picture reaches a threshold of.
     *
     * @param threshold that it reaches
     */
    record Reached(Concept concept, float threshold) {}

    /** How much of each concept a picture has, 0 to 1, by their names. */
    Map<String, Float> scores(RgbImage image) {
        Embedding seen = clip.embed(image);
        List<List<Double>> logits = new ArrayList<>();
        logits.add(logits(seen, neutral));
        concepts.forEach(texts -> logits.add(logits(seen, texts)));
        double highest = logits.stream()
                .flatMap(List::stream)
                .mapToDouble(logit -> logit)
                .max()
                .orElseThrow();
        double[] weights = logits.stream()
                .mapToDouble(texts -> texts.stream()
                        .mapToDouble(logit -> Math.exp(logit - highest))
                        .sum())
                .toArray();
        double all = 0;
        for (double weight : weights) {
            all += weight;
        }
        Map<String, Float> scores = new LinkedHashMap<>();
        for (int i = 0; i < concepts.size(); i++) {
            scores.put(policy.concepts().get(i).name(), (float) (weights[i + 1] / all));
        }
        return scores;
    }

    private List<Double> logits(Embedding seen, List<Embedding> texts) {
        return texts.stream().map(text -> scale * seen.cosine(text)).toList();
    }

    Optional<Reached> refused(Map<String, Float> scores) {
        return reached(scores, Concept::refuseAbove);
    }

    Optional<Reached> flagged(Map<String, Float> scores) {
        return reached(scores, Concept::flagAbove);
    }

    /** The one that goes furthest beyond its threshold. */
    private Optional<Reached> reached(Map<String, Float> scores, Function<Concept, @Nullable Float> threshold) {
        List<Reached> reached = new ArrayList<>();
        for (Concept concept : policy.concepts()) {
            Float least = threshold.apply(concept);
            if (least != null && scores.getOrDefault(concept.name(), 0f) >= least) {
                reached.add(new Reached(concept, least));
            }
        }
        return reached.stream()
                .max(Comparator.comparingDouble(each -> scores.getOrDefault(each.concept.name(), 0f) - each.threshold));
    }

    @Override
    public void close() {
        clip.close();
    }
}
