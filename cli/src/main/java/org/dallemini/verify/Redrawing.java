package org.dallemini.verify;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.dallemini.dalle.DalleMini;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.png.Provenance;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.sampling.SamplingParameters;
import org.dallemini.dalle.vqgan.RgbImage;

/** What came out when an image was drawn again as its file says. */
public sealed interface Redrawing {

    /** @param sameFile whether the files are equal too, and not the pixels alone */
    record Same(boolean sameFile) implements Redrawing {}

    /**
     * Another picture.
     *
     * @param pixels that differ
     * @param most difference of a colour, 1 to 255
     */
    record Different(int pixels, int most) implements Redrawing {}

    /** It cannot be drawn again. */
    record Impossible(String why) implements Redrawing {}

    /**
     * Draws an image again.
     *
     * @param models that there are
     */
    static Redrawing of(ImageFile file, List<ModelFolder> models, ModelCache cache) throws IOException {
        Provenance said = file.provenance().orElse(null);
        if (said == null) {
            return new Impossible("the file does not say how it was drawn");
        }
        if (said.prefixTokens() > 0) {
            return new Impossible("it completes an image that is not in the file");
        }
        if (said.guidanceScale() == null || said.topK() == null || said.topP() == null || said.temperature() == null) {
            return new Impossible("the file does not say all that it was drawn with");
        }
        Optional<ModelFolder> model = find(models, said, cache);
        if (model.isEmpty()) {
            return new Impossible("there is no model here of the revision "
                    + said.tokenModel().revision() + " (" + said.tokenModel().name() + ")");
        }
        DalleMini.Settings settings;
        TokenRequest request;
        try {
            settings = new DalleMini.Settings(
                    cache,
                    Runtime.getRuntime().availableProcessors(),
                    1,
                    Precision.of(said.tokenModel().precision()),
                    Precision.of(said.imageModel().precision()));
            request = new TokenRequest(
                    said.prompt(),
                    said.negativePrompt(),
                    said.seed(),
                    new SamplingParameters(
                            said.temperature(),
                            said.topK(),
                            said.topP(),
                            said.guidanceScale(),
                            said.batchIndex(),
                            said.batchSize()));
        } catch (IllegalArgumentException e) {
            return new Impossible("what the file says cannot be: " + e.getMessage());
        }
        try (DalleMini drawing = DalleMini.load(model.get().path(), settings)) {
            int[] tokens = drawing.drawTokens(List.of(request)).get(0);
            RgbImage image = drawing.decode(tokens);
            byte[] png = PngWriter.write(image, said.texts(image.width(), image.height(), tokens.length));
            return compare(file, image, png);
        }
    }

    private static Optional<ModelFolder> find(List<ModelFolder> models, Provenance said, ModelCache cache)
            throws IOException {
        for (ModelFolder model : models) {
            try {
                if (cache.revision(model.bart()).equals(said.tokenModel().revision())
                        && cache.revision(model.vqgan())
                                .equals(said.imageModel().revision())) {
                    return Optional.of(model);
                }
            } catch (ModelException e) {
                continue; // incomplete: it drew nothing
            }
        }
        return Optional.empty();
    }

    private static Redrawing compare(ImageFile file, RgbImage image, byte[] png) {
        RgbImage before = file.pixels();
        if (before.width() != image.width() || before.height() != image.height()) {
            return new Different(before.width() * before.height(), 255);
        }
        int different = 0;
        int most = 0;
        for (int pixel = 0; pixel < image.rgb().length; pixel += 3) {
            int here = 0;
            for (int i = pixel; i < pixel + 3; i++) {
                here = Math.max(here, Math.abs((before.rgb()[i] & 0xff) - (image.rgb()[i] & 0xff)));
            }
            different += here == 0 ? 0 : 1;
            most = Math.max(most, here);
        }
        return different == 0 ? new Same(Arrays.equals(file.bytes(), png)) : new Different(different, most);
    }

    /** In words. */
    default String text() {
        if (this instanceof Same same) {
            return same.sameFile ? "the same, byte for byte" : "the same pixels, in another file";
        }
        if (this instanceof Different other) {
            return String.format(Locale.ROOT, "DIFFERENT: %d pixels, by up to %d of 255", other.pixels, other.most);
        }
        return "not drawn again: " + Objects.requireNonNull((Impossible) this).why;
    }
}
