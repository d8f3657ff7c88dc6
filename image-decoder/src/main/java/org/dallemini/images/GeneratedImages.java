package org.dallemini.images;

import java.nio.ByteBuffer;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.png.Provenance;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.Sampling;
import org.dallemini.events.StageTiming;
import org.dallemini.filter.Judgement;
import org.dallemini.schemas.Hashes;
import org.dallemini.schemas.Prefixes;

/**
 * Between the events of the pipeline and the image files.
 *
 * @param model the VQGAN, as the results name it
 */
record GeneratedImages(ModelInfo model) {

    /**
     * The image as a PNG file. Depends on pixels, request and models alone, so that a record decoded twice is equal.
     */
    byte[] png(ImageTokens record, RgbImage image) {
        return PngWriter.write(
                image, provenance(record).texts(image.width(), image.height(), record.getRows() * record.getColumns()));
    }

    GeneratedImage generated(ImageTokens record, RgbImage image, Judgement judgement, byte[] png, StageTiming timing) {
        return GeneratedImage.newBuilder()
                .setRequest(record.getRequest())
                .setData(ByteBuffer.wrap(png))
                .setWidth(image.width())
                .setHeight(image.height())
                .setSha256(Hashes.hex(png))
                .setTokenModel(record.getModel())
                .setDecoderModel(model)
                .setTokenTiming(record.getTiming())
                .setDecodeTiming(timing)
                .setVerdict(judgement.verdict())
                .build();
    }

    private Provenance provenance(ImageTokens record) {
        ImageRequest request = record.getRequest();
        Sampling sampling = request.getSampling();
        return new Provenance(
                request.getText(),
                request.getNegativeText(),
                request.getSeed(),
                sampling.getGuidanceScale(),
                sampling.getTopK(),
                sampling.getTopP(),
                sampling.getTemperature(),
                sampling.getBatchIndex(),
                sampling.getBatchSize(),
                Prefixes.tokens(request),
                model(record.getModel()),
                model(model));
    }

    private static Provenance.Model model(ModelInfo info) {
        return new Provenance.Model(info.getName(), info.getRevision(), info.getPrecision());
    }
}
