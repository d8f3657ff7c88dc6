package org.dallemini.models.pull;

import java.util.Map;
import org.dallemini.dalle.model.ModelHome;
import org.dallemini.models.pull.PullException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * What is to be pulled.
 *
 * @param name that the model will have
 */
public record PullRequest(String name, ModelSource source) {
    /** The repositories in which the project DALL·E mini publishes its models, by the names that they have here. */
    private static final Map<String, String> PUBLISHED =
            Map.of("mini", "dalle-mini/dalle-mini", "mega", "dalle-mini/dalle-mega");

    /** At the commit that the project's own inference notebook takes. */
    private static final HubRepository PUBLISHED_VQGAN =
            new HubRepository("dalle-mini/vqgan_imagenet_f16_16384", "e93a26e7707683d349bf5d5c41c5b0ef69b677a9");

    private static final String CLIP = "clip";

    /** The CLIP that DALL·E mini's notebook ranks with. */
    private static final String PUBLISHED_CLIP = "openai/clip-vit-base-patch32";

    /**
     * Reads a command line.
     *
     * @param model clip, clip:OWNER/NAME, mini, mega, OWNER/NAME, OWNER/NAME@REVISION, an address of a web folder or
     *     s3://BUCKET/PREFIX
     * @param revision of {@code model} in a hub; null for {@code main}
     * @param vqgan repository of the VQGAN; null for the one that the published models share
     * @param name null for that of a published model
     * @throws PullException {@link Kind#MISUSE} if it does not make sense
     */
    public static PullRequest parse(
            String model, @Nullable String revision, @Nullable String vqgan, @Nullable String name)
            throws PullException {
        ModelSource source = model.equals(CLIP) || model.startsWith(CLIP + ":")
                ? clip(model, revision, vqgan)
                : source(PUBLISHED.getOrDefault(model, model), revision, vqgan);
        String chosen = name == null ? published(source) : name;
        if (chosen == null) {
            throw new PullException(Kind.MISUSE, "Give --name: what shall this model be called here?");
        }
        if (!ModelHome.isName(chosen)) {
            throw new PullException(
                    Kind.MISUSE, "--name \"" + chosen + "\": use up to 64 of a-z, 0-9, '.', '_' and '-'");
        }
        return new PullRequest(chosen, source);
    }

    private static ModelSource clip(String model, @Nullable String revision, @Nullable String vqgan)
            throws PullException {
        String id = model.equals(CLIP) ? PUBLISHED_CLIP : model.substring(CLIP.length() + 1);
        if (vqgan != null || !HubRepository.isRepository(id) || revision != null && id.contains("@")) {
            throw new PullException(
                    Kind.MISUSE, "Give a CLIP as clip or clip:OWNER/NAME of a hub, without --vqgan, the revision once");
        }
        HubRepository repository = HubRepository.parse(id);
        return new ModelSource.Clip(revision == null ? repository : repository.at(revision));
    }

    private static ModelSource source(String model, @Nullable String revision, @Nullable String vqgan)
            throws PullException {
        boolean hub = HubRepository.isRepository(model);
        if (!hub && (revision != null || vqgan != null)) {
            throw new PullException(
                    Kind.MISUSE,
                    (revision != null ? "--revision" : "--vqgan") + " is for repositories of a hub, which \"" + model
                            + "\" is not");
        }
        if (hub) {
            HubRepository bart = HubRepository.parse(model);
            if (revision != null && model.contains("@")) {
                throw new PullException(Kind.MISUSE, "Give the revision once: " + model + " or --revision " + revision);
            }
            return new ModelSource.Hub(
                    revision == null ? bart : bart.at(revision),
                    vqgan == null ? PUBLISHED_VQGAN : HubRepository.parse(vqgan));
        }
        if (model.startsWith("s3://")) {
            return ModelSource.Bucket.parse(model);
        }
        if (model.startsWith("https://") || model.startsWith("http://")) {
            return new ModelSource.Web(Addresses.parse(model, "the model's address"));
        }
        throw new PullException(
                Kind.MISUSE,
                "\"" + model
                        + "\" is none of mini, mega, OWNER/NAME of a hub, https://HOST/FOLDER, s3://BUCKET/PREFIX");
    }

    private static @Nullable String published(ModelSource source) {
        if (source instanceof ModelSource.Clip clip) {
            return clip.repository().id().equals(PUBLISHED_CLIP) ? CLIP : null;
        }
        if (!(source instanceof ModelSource.Hub hub)) {
            return null;
        }
        return PUBLISHED.entrySet().stream()
                .filter(entry -> entry.getValue().equals(hub.bart().id()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }
}
