package org.dallemini.verify;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
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
import org.dallemini.verify.Redrawing.Different;
import org.dallemini.verify.Redrawing.Impossible;
import org.dallemini.verify.Redrawing.OtherSize;
import org.dallemini.verify.Redrawing.Same;
import org.jspecify.annotations.Nullable;

/** Draws images again as their files say. Keeps the model of the last one. */
public final class Redrawer implements AutoCloseable {
    private final List<ModelFolder> models;
    private final ModelCache cache;
    private @Nullable Loaded loaded;

    private record Loaded(String tokenModel, String imageModel, DalleMini model) {}

    /** @param models that there are */
    public Redrawer(List<ModelFolder> models, ModelCache cache) {
        this.models = List.copyOf(models);
        this.cache = cache;
    }

    /** Draws an image again and compares it with the file. */
    public Redrawing redraw(ImageFile file) throws IOException {
        Provenance said = file.provenance().orElse(null);
        if (said == null) {
            return new Impossible("the file does not say how it was drawn");
        }
        if (file.rendition().isPresent()) {
            return new Impossible(
                    "it is not the image as it was drawn: " + file.rendition().get());
        }
        if (said.prefixTokens() > 0) {
            return new Impossible("it completes an image that is not in the file");
        }
        if (said.guidanceScale() == null || said.topK() == null || said.topP() == null || said.temperature() == null) {
            return new Impossible("the file does not say all that it was drawn with");
        }
        try {
            SamplingParameters parameters = new SamplingParameters(
                    said.temperature(),
                    said.topK(),
                    said.topP(),
                    said.guidanceScale(),
                    said.batchIndex(),
                    said.batchSize());
            Optional<DalleMini> model = load(said);
            if (model.isEmpty()) {
                return new Impossible("there is no model here of the revision "
                        + said.tokenModel().revision() + " ("
                        + said.tokenModel().name() + ")");
            }
            int[] tokens = model.get()
                    .drawTokens(
                            List.of(new TokenRequest(said.prompt(), said.negativePrompt(), said.seed(), parameters)))
                    .get(0);
            RgbImage image = model.get().decode(tokens);
            return compare(
                    file, image, PngWriter.write(image, said.texts(image.width(), image.height(), tokens.length)));
        } catch (IllegalArgumentException | ModelException e) {
            return new Impossible("what the file says cannot be drawn: " + e.getMessage());
        }
    }

    private Optional<DalleMini> load(Provenance said) throws IOException {
        String tokenModel = said.tokenModel().revision() + said.tokenModel().precision();
        String imageModel = said.imageModel().revision() + said.imageModel().precision();
        Loaded last = loaded;
        if (last != null && last.tokenModel.equals(tokenModel) && last.imageModel.equals(imageModel)) {
            return Optional.of(last.model);
        }
        Optional<ModelFolder> folder = find(said);
        if (folder.isEmpty()) {
            return Optional.empty();
        }
        close();
        var settings = new DalleMini.Settings(
                cache,
                Runtime.getRuntime().availableProcessors(),
                1,
                Precision.of(said.tokenModel().precision()),
                Precision.of(said.imageModel().precision()));
        DalleMini model = DalleMini.load(folder.get().path(), settings);
        loaded = new Loaded(tokenModel, imageModel, model);
        return Optional.of(model);
    }

    private Optional<ModelFolder> find(Provenance said) throws IOException {
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
            return new OtherSize(image.width(), image.height());
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

    @Override
    public void close() {
        if (loaded != null) {
            loaded.model.close();
            loaded = null;
        }
    }
}
